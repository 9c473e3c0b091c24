import QuantCore
import Testing

/// All values of what has 16 bits.
@Suite struct ExhaustiveTests {
  /// All halves, low byte first.
  private static let words: [UInt8] = (UInt16.min ... .max).flatMap {
    [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)]
  }

  @Test func halvesAreDecodedAndEncoded() {
    let values = F16.decode(Self.words)
    let encoded = F16.encode(values)
    for bits in UInt16.min ... .max {
      let place = Int(bits)
      guard values[place].bitPattern == HalfPrecision.float(bits).bitPattern else {
        Issue.record("half \(bits) decodes to \(values[place])")
        return
      }
      let word = UInt16(encoded[2 * place]) | UInt16(encoded[2 * place + 1]) << 8
      guard word == (values[place].isNaN ? bits | 0x0200 : bits) else {
        Issue.record("half \(bits) comes back as \(word)")
        return
      }
    }
  }

  @Test func brainFloatsAreDecodedAndEncoded() {
    let values = BF16.decode(Self.words)
    let encoded = BF16.encode(values)
    for bits in UInt16.min ... .max {
      let place = Int(bits)
      guard values[place].bitPattern == UInt32(bits) << 16 else {
        Issue.record("brain float \(bits) decodes to \(values[place])")
        return
      }
      let word = UInt16(encoded[2 * place]) | UInt16(encoded[2 * place + 1]) << 8
      guard word == (values[place].isNaN ? bits | 0x40 : bits) else {
        Issue.record("brain float \(bits) comes back as \(word)")
        return
      }
    }
  }

  @Test func shortIntegersAreDecodedAndEncoded() {
    let values = I16.decode(Self.words)
    #expect(values == (UInt16.min ... .max).map { Float(Int16(bitPattern: $0)) })
    #expect(I16.encode(values) == Self.words)
  }

  private static let scaledTypes: [TensorType] = [
    .q1_0, .q2_0, .q4_0, .q4_1, .q5_0, .q5_1, .q8_0, .q8_1, .iq4NL, .q2K, .q3K, .q4K, .q5K, .q6K,
    .iq4XS, .tq1_0, .tq2_0, .iq1S, .iq2XXS, .iq2XS, .iq2S, .iq3XXS, .iq3S,
  ]

  /// Where each of a type's halves is, and one value for each that only depends on it.
  private static func halves(_ type: TensorType) -> [Int] {
    switch type {
    case .q4_1, .q5_1, .q4K, .q5K: [0, 2]
    case .q2K: [80, 82]
    case .q3K: [108]
    case .q6K: [208]
    case .tq1_0: [52]
    case .tq2_0: [64]
    default: [0]
    }
  }

  /// A debug build tries the half of a large block in steps; 61 takes in all exponents and signs. A
  /// release build tries all, as it does for small blocks everywhere.
  private static func step(_ type: TensorType) -> Int {
    #if DEBUG
      type.blockSize > 64 ? 61 : 1
    #else
      1
    #endif
  }

  /// Every half as a scale, or a minimum, of a block: each value is, bit for bit, what the block
  /// with 1 in its place holds, times the half. Values are exact there, as levels and small scales
  /// have few bits.
  @Test(arguments: scaledTypes)
  func everyScaleMultiplies(_ type: TensorType) {
    for offset in Self.halves(type) {
      var block = (0..<type.blockBytes).map { UInt8(truncatingIfNeeded: 37 &* $0 &+ 91) }
      for other in Self.halves(type) {
        block[other] = 0
        block[other + 1] = 0
      }
      // 1 as a half.
      block[offset + 1] = 0x3C
      let units = type.format.decode(block)
      let place = units.indices.max { abs(units[$0]) < abs(units[$1]) } ?? 0
      let unit = units[place]
      #expect(unit != 0, "\(type), byte \(offset)")
      var values = [Float](repeating: 0, count: type.blockSize)
      for bits in stride(from: 0, to: 1 << 16, by: Self.step(type)) {
        block[offset] = UInt8(truncatingIfNeeded: bits)
        block[offset + 1] = UInt8(bits >> 8)
        var span = values.mutableSpan
        type.format.decode(block.span.bytes, into: &span)
        let half = HalfPrecision.float(UInt16(bits))
        let value = values[place]
        if half.isFinite ? value == half * unit : !value.isFinite { continue }
        Issue.record("\(type), byte \(offset), half \(bits): \(value)")
        return
      }
    }
  }

  /// All codes of 16 bits: nine of a point and seven of signs, an even number of which is negative.
  @Test func everyCodeOfIQ2XS() {
    let magnitudes: [Float] = [8, 25, 43]
    var points: Set<[Float]> = []
    for first in stride(from: 0, to: 1 << 16, by: 32) {
      var block: [UInt8] = [0x00, 0x48]  // 8, which with the scale 0 makes 1
      for code in first..<first + 32 { block += [UInt8(code & 255), UInt8(code >> 8)] }
      block += [UInt8](repeating: 0, count: 8)
      let values = IQ2_XS.decode(block)
      for code in first..<first + 32 {
        let group = values[8 * (code - first)..<8 * (code - first) + 8]
        let negative = group.map { $0 < 0 }
        let stored = (0..<7).map { code >> (9 + $0) & 1 == 1 }
        let point = group.map(abs)
        guard Array(negative.prefix(7)) == stored, negative.count(where: { $0 }) % 2 == 0,
          point.allSatisfy(magnitudes.contains)
        else {
          Issue.record("code \(code): \(Array(group))")
          return
        }
        if code < 512 { points.insert(point) }
      }
    }
    #expect(points.count == 512)
  }
}
