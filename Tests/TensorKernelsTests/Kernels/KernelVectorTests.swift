import CTensorKernels
import Foundation
import QuantCore
import TestSupport
import Testing

@testable import TensorKernels

private let vectorsPath = ProcessInfo.processInfo.environment["CRIA_KERNEL_VECTORS"]

/// Writes what the plain Swift kernels compute to the file that `CRIA_KERNEL_VECTORS` names, for
/// Scripts/kernel-check to compare with kernel sets that this machine cannot run.
@Suite struct KernelVectorTests {
  /// Cases as check.c reads them: a kind, eight numbers, and arrays with their byte counts.
  private struct Cases {
    var bytes = [UInt8]()

    mutating func begin(_ kind: Int, _ numbers: [Int]) {
      append(kind)
      for i in 0..<8 { append(i < numbers.count ? numbers[i] : 0) }
    }

    mutating func append<T>(_ array: Aligned<T>) {
      append(array.count * MemoryLayout<T>.stride)
      bytes += UnsafeRawBufferPointer(
        UnsafeBufferPointer(start: array.pointer, count: array.count))
    }

    private mutating func append(_ number: Int) {
      withUnsafeBytes(of: UInt64(number).littleEndian) { bytes += $0 }
    }
  }

  @Test(.enabled(if: vectorsPath != nil, "CRIA_KERNEL_VECTORS names no file"))
  func write() throws {
    let path = try #require(vectorsPath)
    var random = SeededRandom(seed: 15)
    var cases = Cases()
    try addProducts(to: &cases, using: &random)
    addQuantizations(to: &cases)
    addRows(to: &cases)
    addAttention(to: &cases, using: &random)
    addCodebooks(to: &cases)
    addEncodings(to: &cases)
    addDecodings(to: &cases, using: &random)
    try Data(cases.bytes).write(to: URL(filePath: path))
  }

  private func addProducts(to cases: inout Cases, using random: inout SeededRandom) throws {
    for type in MatMulTests.types {
      let format = try #require(type.packedFormat)
      let lengths =
        switch format.blockSize {
        case 1: [1, 31, 257, 600]
        case 32: [32, 96, 288]
        case 64: [64, 320]
        default: [256, 768]
        }
      for k in lengths {
        for fill in Fill.allCases {
          let count = fill == .random ? 19 : 9
          let matrix = try TestMatrix(type, fill, rows: 75, k: k, using: &random)
          let tokens = TestTokens(
            format.activations, count: count, k: k, extreme: fill != .random, using: &random)
          let expected = try product(.scalar, matrix, tokens, 0..<count, 0..<5)
          cases.begin(0, [format.kernel, k, tokens.stride, count, 5])
          cases.append(matrix.panels)
          cases.append(tokens.values)
          cases.append(tokens.codes)
          cases.append(tokens.scales)
          cases.append(tokens.sums)
          cases.append(Aligned(expected))
        }
      }
    }
  }

  private func addQuantizations(to cases: inout Cases) {
    for block in [32, 256] {
      let values = QuantizeTests.inputs(block: block)
      let result = QuantizeTests.quantize(.scalar, values, block: block)
      cases.begin(1, [block, values.count])
      cases.append(Aligned(values))
      cases.append(Aligned(result.codes))
      cases.append(Aligned(result.scales))
      cases.append(Aligned(result.sums))
    }
  }

  private func addRows(to cases: inout Cases) {
    let table = KernelSet.scalar.table.pointee
    for n in RowKernelTests.lengths {
      for special in [false, true] {
        let a = RowKernelTests.values(2 * n, seed: 6, special: special)
        let b = Aligned(RowKernelTests.values(n, seed: 7, special: special))
        let c = Aligned(RowKernelTests.values(n, seed: 8, special: special))
        for operation in 0..<7 + 2 * TK_FUNCTION_COUNT {
          let x = Aligned(a)
          let out = Aligned<Float>(repeating: 0, count: n)
          switch operation {
          case 0: table.add(x.pointer, b.pointer, n, out.pointer)
          case 1: table.multiply(x.pointer, b.pointer, n, out.pointer)
          case 2: table.add_scaled(x.pointer, -1.7, n, out.pointer)
          case 3: table.rms_norm(x.pointer, b.pointer, n, 1e-5, out.pointer)
          case 4: table.rms_norm(x.pointer, nil, n, 1e-5, out.pointer)
          case 5: table.rope_pairs(x.pointer, b.pointer, c.pointer, n)
          case 6: table.rope_halves(x.pointer, b.pointer, c.pointer, n)
          default:
            let function = (operation - 7) / 2
            let up = operation % 2 == 0 ? UnsafePointer(b.pointer) : nil
            table.functions[function](x.pointer, up, n, 1.702, 2, out.pointer)
          }
          cases.begin(2, [operation, n])
          cases.append(Aligned(a))
          cases.append(b)
          cases.append(c)
          cases.append(x)
          cases.append(out)
        }
      }
    }
  }

  private func addAttention(to cases: inout Cases, using random: inout SeededRandom) {
    for type in CacheType.allCases {
      for (columns, dim, count) in [(1, 32, 1), (3, 96, 40), (7, 64, 9), (17, 160, 256)] {
        for any in [false, true] {
          let inputs = AttentionInputs(
            type, columns: columns, dim: dim, count: count, any: any, using: &random)
          let result = inputs.run(.scalar, softcap: any ? 0 : 3)
          cases.begin(
            3, [AttentionInputs.index(of: type), columns, dim, count, any ? 0 : 3])
          cases.append(inputs.queries)
          cases.append(inputs.cache)
          cases.append(inputs.ranges)
          for part in [result.scores, result.weights, result.mixed, result.merged] {
            cases.append(Aligned(part))
          }
          cases.append(Aligned(result.shares))
          cases.append(Aligned(result.totals))
        }
      }
    }
    for type in [CacheType.f32, .f16, .bf16] {
      let values = Aligned(AttentionKernelTests.storable(count: 5000, using: &random))
      let stored = Aligned<UInt8>(repeating: 0, count: type.byteCount(of: 5000))
      KernelSet.scalar.store(
        values.pointer, count: 5000, padded: 5000, as: type, at: stored.pointer)
      cases.begin(4, [AttentionInputs.index(of: type), 5000])
      cases.append(values)
      cases.append(stored)
    }
  }

  private func addCodebooks(to cases: inout Cases) {
    let codebooks: [(Int, TensorType)] = [
      (Int(TK_POINTS_IQ1), .iq1S), (Int(TK_POINTS_IQ2_XXS), .iq2XXS),
      (Int(TK_POINTS_IQ2_XS), .iq2XS), (Int(TK_POINTS_IQ2_S), .iq2S),
      (Int(TK_POINTS_IQ3_XXS), .iq3XXS), (Int(TK_POINTS_IQ3_S), .iq3S),
      (Int(TK_POINTS_IQ4), .iq4NL),
    ]
    for (number, type) in codebooks {
      cases.begin(5, [number])
      cases.append(Aligned(CodebookPoints.values(of: type) ?? []))
    }
  }

  /// What a set has no encoder for is left out there.
  private func addEncodings(to cases: inout Cases) {
    let encoded: [TensorType] = [
      .f16, .bf16, .q4_0, .q4_1, .q5_0, .q5_1, .q8_0, .q2K, .q3K, .q4K, .q5K, .q6K,
    ]
    for type in encoded {
      let columns = type.isQuantized ? 768 : 37
      for row in EncoderInputs.rows(columns: columns, seed: 16) {
        for importance in [nil, EncoderInputs.importance(columns: columns, seed: 17)] {
          let blocks = columns / type.blockSize
          let stored = Aligned<UInt8>(repeating: 0, count: blocks * type.blockBytes)
          var bytes = MutableRawSpan(
            _unsafeBytes: UnsafeMutableRawBufferPointer(
              start: stored.pointer, count: stored.count))
          type.format.encode(row.span, importance: importance?.span, into: &bytes)
          cases.begin(6, [Int(type.rawValue), blocks, blocks])
          cases.append(Aligned(row))
          cases.append(Aligned(importance ?? []))
          cases.append(stored)
        }
      }
    }
  }

  private func addDecodings(to cases: inout Cases, using random: inout SeededRandom) {
    for type in TensorType.allCases {
      let blocks = type.isQuantized ? 9 : 37
      let bytes = (0..<blocks * type.blockBytes).map { _ in
        UInt8.random(in: 0...255, using: &random)
      }
      var values = [Float](repeating: 0, count: blocks * type.blockSize)
      var span = values.mutableSpan
      type.format.decode(bytes.span.bytes, into: &span)
      for streaming in 0...1 {
        cases.begin(7, [Int(type.rawValue), blocks, streaming])
        cases.append(Aligned(bytes))
        cases.append(Aligned(values))
      }
    }
  }
}
