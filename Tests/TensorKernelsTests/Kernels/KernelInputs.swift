import CTensorKernels
import QuantCore
import TestSupport
import Testing

@testable import TensorKernels

/// A matrix of random blocks of one type, as a file holds it and packed.
struct TestMatrix {
  let type: TensorType
  let rows: Int
  let k: Int
  let bytes: [UInt8]
  let panels: Aligned<UInt8>
  var rowBytes: Int { bytes.count / rows }

  init(
    _ type: TensorType, _ fill: Fill, rows: Int, k: Int,
    packedWith kernels: KernelSet = .scalar, using random: inout SeededRandom
  ) throws {
    let bytes = fill.bytes(type, rows: rows, k: k, using: &random)
    try self.init(type, bytes: bytes, rows: rows, k: k, packedWith: kernels)
  }

  init(
    _ type: TensorType, bytes: [UInt8], rows: Int, k: Int, packedWith kernels: KernelSet = .scalar
  ) throws {
    self.type = type
    self.rows = rows
    self.k = k
    self.bytes = bytes
    let format = try #require(type.packedFormat)
    let panelBytes = format.panelBytes(k: k)
    let count = format.panelCount(rows: rows)
    panels = Aligned(repeating: 0xEE, count: panelBytes * count)
    let rowBytes = bytes.count / rows
    for panel in 0..<count {
      bytes.withUnsafeBytes { source in
        format.pack(
          rows: source, rowBytes: rowBytes, range: 16 * panel..<min(16 * panel + 16, rows), k: k,
          into: panels.pointer + panel * panelBytes, with: kernels)
      }
    }
  }

  /// The values of a row according to QuantCore.
  func decoded(row: Int) throws -> [Float] {
    let format = type.format
    var values = [Float](repeating: 0, count: k)
    var span = values.mutableSpan
    bytes.withUnsafeBytes { source in
      let row = UnsafeRawBufferPointer(rebasing: source[row * rowBytes..<(row + 1) * rowBytes])
      format.decode(row.bytes, into: &span)
    }
    return values
  }
}

/// How the codes and scales of test blocks are drawn.
enum Fill: CaseIterable, Sendable {
  case random, allOnes, highBits, zeros, hugeScales, tinyScales, anyScales

  /// Blocks of `type` for `rows` x `k` elements.
  func bytes(_ type: TensorType, rows: Int, k: Int, using random: inout SeededRandom) -> [UInt8] {
    let blocks = rows * k / type.blockSize
    var bytes = (0..<blocks * type.blockBytes).map { _ -> UInt8 in
      switch self {
      case .allOnes: 0xFF
      case .highBits: 0x80
      case .zeros: 0
      default: UInt8(truncatingIfNeeded: random.next())
      }
    }
    for block in 0..<blocks {
      if type == .mxfp4 {
        switch self {
        case .random: bytes[block * 17] = UInt8.random(in: 118...128, using: &random)
        case .tinyScales: bytes[block * 17] = UInt8.random(in: 0...20, using: &random)
        case .hugeScales: bytes[block * 17] = 255
        default: break
        }
      }
      if type == .iq1M {
        setIQ1MScale(&bytes, block * type.blockBytes, HalfPrecision.bits(value(using: &random)))
        continue
      }
      for field in Self.scaleOffsets(type) {
        let offset = block * type.blockBytes + field
        if type == .f32 {
          let bits = value(using: &random).bitPattern
          for i in 0..<4 { bytes[offset + i] = UInt8(truncatingIfNeeded: bits >> (8 * i)) }
        } else {
          let value = value(using: &random)
          let bits = type == .bf16 ? BFloat16.bits(value) : HalfPrecision.bits(value)
          bytes[offset] = UInt8(truncatingIfNeeded: bits)
          bytes[offset + 1] = UInt8(truncatingIfNeeded: bits >> 8)
        }
      }
    }
    return bytes
  }

  private static func scaleOffsets(_ type: TensorType) -> [Int] {
    switch type {
    case .q2K: [80, 82]
    case .q3K: [108]
    case .q4K, .q5K, .q4_1, .q5_1: [0, 2]
    case .q6K: [208]
    case .tq1_0: [52]
    case .tq2_0: [64]
    case .mxfp4, .nvfp4: []
    default: [0]
    }
  }

  /// A half of which each of four words has four bits.
  private func setIQ1MScale(_ bytes: inout [UInt8], _ block: Int, _ half: UInt16) {
    for i in 0..<4 {
      let digit = UInt8(half >> UInt16(4 * i) & 15)
      bytes[block + 49 + 2 * i] = bytes[block + 49 + 2 * i] & 15 | digit << 4
    }
  }

  private func value(using random: inout SeededRandom) -> Float {
    switch self {
    case .hugeScales: Bool.random(using: &random) ? 65504 : -65504
    case .tinyScales: Float.random(in: -0x1p-20...0x1p-20, using: &random)
    case .anyScales:
      HalfPrecision.float(UInt16(truncatingIfNeeded: random.next()))
    default: Float.random(in: -0.1...0.1, using: &random)
    }
  }
}

/// Random tokens in the form that a family of weights takes.
struct TestTokens {
  let count: Int
  let k: Int
  /// Codes per scale, 0 where the tokens are floats.
  let block: Int
  let stride: Int
  let values: Aligned<Float>
  let codes: Aligned<Int8>
  let scales: Aligned<Float>
  let sums: Aligned<Int16>

  /// Tokens of floats, `k + 3` apart.
  init(values: [Float], count: Int, k: Int) {
    self.count = count
    self.k = k
    stride = k + 3
    block = 0
    self.values = Aligned(values)
    (codes, scales, sums) = (Aligned([]), Aligned([]), Aligned([]))
  }

  init(
    _ form: ActivationForm, count: Int, k: Int, extreme: Bool = false,
    using random: inout SeededRandom
  ) {
    self.count = count
    self.k = k
    stride = k + 3
    guard case .codes(let block) = form else {
      block = 0
      values = Aligned(random.gaussian(count: count * stride, scale: extreme ? 1e18 : 1))
      (codes, scales, sums) = (Aligned([]), Aligned([]), Aligned([]))
      return
    }
    self.block = block
    values = Aligned([])
    let codes = (0..<count * k).map { i -> Int8 in
      guard extreme else { return Int8.random(in: -127...127, using: &random) }
      return switch i / k % 3 {
      case 0: 127
      case 1: -127
      default: Bool.random(using: &random) ? 127 : -127
      }
    }
    sums = Aligned(
      (0..<count * k / 16).map { i in
        codes[16 * i..<16 * i + 16].reduce(Int16(0)) { $0 + Int16($1) }
      })
    self.codes = Aligned(codes)
    scales = Aligned(
      (0..<count * k / block).map { _ in Float.random(in: 0...0.02, using: &random) })
  }

  /// Tokens `first` and on.
  func activations(from first: Int = 0) -> tk_activations {
    guard block > 0 else {
      return tk_activations(
        values: values.pointer + first * stride, values_stride: stride, codes: nil, scales: nil,
        sums: nil, k: k, arranged: nil)
    }
    return tk_activations(
      values: nil, values_stride: 0, codes: codes.pointer + first * k,
      scales: scales.pointer + first * k / block, sums: sums.pointer + first * k / 16, k: k,
      arranged: nil)
  }

  /// The value of element `i` of a token, as products with weights of a type take it.
  func value(_ token: Int, _ i: Int, for type: TensorType) -> Double {
    guard block > 0 else {
      let value = values.pointer[token * stride + i]
      return Double(type == .bf16 ? BFloat16.float(BFloat16.bits(value)) : value)
    }
    return Double(codes.pointer[token * k + i])
      * Double(scales.pointer[(token * k + i) / block])
  }
}
