import QuantCore
import Testing

/// Blocks written by hand from the drawings of the formats.
@Suite struct KnownBlockTests {
  /// 1.0 and 0.5 as halves, low byte first.
  private let one: [UInt8] = [0x00, 0x3C]
  private let half: [UInt8] = [0x00, 0x38]

  @Test func floats() {
    #expect(F32.decode([0x00, 0x00, 0x80, 0x3F, 0x00, 0x00, 0x20, 0xC1]) == [1, -10])
    #expect(F32.encode([1, -10]) == [0x00, 0x00, 0x80, 0x3F, 0x00, 0x00, 0x20, 0xC1])
    #expect(F16.decode([0x00, 0x3C, 0x00, 0xC9]) == [1, -10])
    #expect(F16.encode([1, -10]) == [0x00, 0x3C, 0x00, 0xC9])
    #expect(BF16.decode([0x80, 0x3F, 0x20, 0xC1]) == [1, -10])
    #expect(BF16.encode([1, -10]) == [0x80, 0x3F, 0x20, 0xC1])
  }

  @Test func q4_0() {
    // Low halves count down from 15, high halves up from 0.
    var codes: [UInt8] = []
    var expected = [Float](repeating: 0, count: 32)
    for i in 0..<16 {
      codes.append(UInt8(15 - i) | UInt8(i) << 4)
      expected[i] = Float(7 - i) / 2
      expected[16 + i] = Float(i - 8) / 2
    }
    #expect(Q4_0.decode(half + codes) == expected)
  }

  @Test func q8_0() {
    let levels = (0..<32).map { Int8($0 * 8 - 128) }
    let expected = levels.map { Float($0) / 2 }
    #expect(Q8_0.decode(half + levels.map { UInt8(bitPattern: $0) }) == expected)
  }

  @Test func q4K() {
    // The upper two bits of the later scales and minimums are stored with the earlier ones.
    let scales: [UInt8] = [1, 2, 3, 4, 17, 18, 19, 20]
    let minimums: [UInt8] = [5, 6, 7, 8, 37, 38, 39, 40]
    var packed = [UInt8](repeating: 0, count: 12)
    for i in 0..<4 {
      packed[i] = scales[i] | (scales[i + 4] >> 4) << 6
      packed[4 + i] = minimums[i] | (minimums[i + 4] >> 4) << 6
      packed[8 + i] = (scales[i + 4] & 15) | (minimums[i + 4] & 15) << 4
    }
    // Sub-block j has the codes (i + j) % 16.
    var codes: [UInt8] = []
    for pair in 0..<4 {
      for i in 0..<32 {
        codes.append(UInt8((i + 2 * pair) % 16) | UInt8((i + 2 * pair + 1) % 16) << 4)
      }
    }
    let values = Q4_K.decode(one + half + packed + codes)
    for j in 0..<8 {
      for i in 0..<32 {
        let code = Float((i + j) % 16)
        #expect(values[32 * j + i] == Float(scales[j]) * code - Float(minimums[j]) / 2)
      }
    }
  }

  @Test func q6K() {
    // Value i has the code i % 64; sub-block j has the scale j - 8.
    var low = [UInt8](repeating: 0, count: 128)
    var high = [UInt8](repeating: 0, count: 64)
    for i in 0..<256 {
      let code = UInt8(i % 64)
      let (part, place) = (i / 128, i % 128)
      low[64 * part + place % 64] |= (code & 15) << (place < 64 ? 0 : 4)
      high[32 * part + place % 32] |= (code >> 4) << UInt8(place / 32 * 2)
    }
    let scales = (0..<16).map { UInt8(bitPattern: Int8($0 - 8)) }
    let values = Q6_K.decode(low + high + scales + half)
    for i in 0..<256 {
      let expected = Float(i / 16 - 8) / 2 * Float(i % 64 - 32)
      #expect(values[i] == expected)
    }
  }

  @Test func wholeNumbersAndDoubles() {
    #expect(I8.decode([0xFF, 0x7F]) == [-1, 127])
    #expect(I16.decode([0x00, 0x80, 0x01, 0x00]) == [-32768, 1])
    #expect(I32.decode([0xFE, 0xFF, 0xFF, 0xFF]) == [-2])
    #expect(I64.encode([-2]) == [0xFE] + [UInt8](repeating: 0xFF, count: 7))
    #expect(F64.decode([0, 0, 0, 0, 0, 0, 0x24, 0xC0]) == [-10])
    #expect(F64.encode([-10]) == [0, 0, 0, 0, 0, 0, 0x24, 0xC0])
  }

  @Test func q5_1() {
    // Value i has the level i, of scale 1 above 0.5.
    let codes = (0..<16).map { UInt8($0 | $0 << 4) }
    let values = Q5_1.decode(one + half + [0x00, 0x00, 0xFF, 0xFF] + codes)
    #expect(values == (0..<32).map { Float($0) + 0.5 })
  }

  @Test func mxfp4() {
    // 2^0 times the levels, which go up to 6.
    let codes = (0..<16).map { UInt8($0 | (15 - $0) << 4) }
    let levels: [Float] = [0, 0.5, 1, 1.5, 2, 3, 4, 6]
    let all = levels + levels.map { -$0 }
    #expect(MXFP4.decode([127] + codes) == all + all.reversed())
  }

  @Test func nvfp4() {
    // E4M3: 0x38 is 1, 0x01 is 2^-9, 0x7E is 448; 0x7F stands for no number.
    let codes = [UInt8](repeating: 0x72, count: 32)
    let values = NVFP4.decode([0x38, 0x01, 0x7E, 0x7F] + codes)
    for (j, scale) in ([1, 0x1p-9, 448, 0] as [Float]).enumerated() {
      #expect(values[16 * j] == scale && values[16 * j + 8] == 6 * scale)
    }
  }

  @Test func tq1_0() {
    // 242 is all twos in base 3; as a fraction of 256, rounded up, it is 255.
    var bytes = [UInt8](repeating: 255, count: 52)
    bytes[0] = 0
    let values = TQ1_0.decode(bytes + half)
    for i in 0..<256 {
      #expect(values[i] == (i < 160 && i % 32 == 0 ? -0.5 : 0.5), "value \(i)")
    }
  }

  @Test func iq2XXS() {
    // Point 0 is 8 throughout, times 2.5 / 4. One stored sign makes two.
    let subBlock: [UInt8] = [0, 0, 0, 0, 0x01, 0, 0, 0x20]
    let values = IQ2_XXS.decode(one + (0..<8).flatMap { _ in subBlock })
    for i in 0..<256 {
      let isNegative = [0, 7].contains(i % 32)
      #expect(values[i] == (isNegative ? -5 : 5), "value \(i)")
    }
  }
}
