import QuantCore
import TestSupport
import Testing

@Suite struct HalfPrecisionTests {
  /// The value of a half, straight from the definition.
  private func value(ofHalf bits: UInt16) -> Double {
    let sign: Double = bits & 0x8000 == 0 ? 1 : -1
    let exponent = Int(bits >> 10 & 31)
    let fraction = Double(bits & 0x3FF) / 1024
    if exponent == 0 { return sign * fraction * 0x1p-14 }
    var scale = 1.0
    for _ in 0..<abs(exponent - 15) { scale *= exponent > 15 ? 2 : 0.5 }
    return sign * (1 + fraction) * scale
  }

  @Test func everyHalfConvertsAndComesBack() {
    for bits in UInt16.min ... .max {
      let float = HalfPrecision.float(bits)
      if bits & 0x7C00 == 0x7C00 {
        #expect(bits & 0x3FF == 0 ? float.isInfinite : float.isNaN)
        #expect((float.sign == .minus) == (bits & 0x8000 != 0))
        // A NaN becomes quiet and keeps the rest of its payload.
        let expected = bits & 0x3FF == 0 ? bits : bits | 0x0200
        #expect(HalfPrecision.bits(float) == expected)
      } else {
        #expect(Double(float) == value(ofHalf: bits))
        #expect(HalfPrecision.bits(float) == bits)
      }
    }
  }

  @Test func everyBrainFloatConvertsAndComesBack() {
    for bits in UInt16.min ... .max {
      let float = BFloat16.float(bits)
      #expect(float.bitPattern == UInt32(bits) << 16)
      #expect(BFloat16.bits(float) == (float.isNaN ? bits | 0x40 : bits))
    }
  }

  @Test func halvesRoundToNearestAndTiesToEven() {
    for bits in UInt16(0)..<0x7BFF {
      let (low, high) = (HalfPrecision.float(bits), HalfPrecision.float(bits + 1))
      let middle = (low + high) / 2
      let even = bits & 1 == 0 ? bits : bits + 1
      #expect(HalfPrecision.bits(middle) == even)
      #expect(HalfPrecision.bits(-middle) == even | 0x8000)
      #expect(HalfPrecision.bits(middle.nextDown) == bits)
      #expect(HalfPrecision.bits(middle.nextUp) == bits + 1)
    }
    #expect(HalfPrecision.bits(65519.996) == 0x7BFF)
    #expect(HalfPrecision.bits(65520) == 0x7C00)
    #expect(HalfPrecision.bits(.greatestFiniteMagnitude) == 0x7C00)
    #expect(HalfPrecision.bits(.leastNonzeroMagnitude) == 0)
    #expect(HalfPrecision.bits(-0.0) == 0x8000)
  }

  @Test func brainFloatsRoundToNearestAndTiesToEven() {
    #expect(BFloat16.bits(Float(bitPattern: 0x3F80_8000)) == 0x3F80)
    #expect(BFloat16.bits(Float(bitPattern: 0x3F81_8000)) == 0x3F82)
    #expect(BFloat16.bits(Float(bitPattern: 0x3F80_8001)) == 0x3F81)
    #expect(BFloat16.bits(.greatestFiniteMagnitude) == 0x7F80)
    #expect(BFloat16.bits(-.infinity) == 0xFF80)
    #expect(BFloat16.float(BFloat16.bits(Float(bitPattern: 0x7F80_0001))).isNaN)
  }

  /// Every half as the scale of a block, with the codes of the block fixed.
  @Test func everyScaleDecodes() {
    var q8 = [UInt8](repeating: 0, count: 34)
    q8[2] = 0x80
    q8[33] = 3
    var q4 = [UInt8](repeating: 0x88, count: 18)
    q4[2] = 0xF0
    for bits in UInt16.min ... .max {
      let d = HalfPrecision.float(bits)
      for index in 0..<2 {
        let byte = UInt8(truncatingIfNeeded: bits >> UInt16(8 * index))
        q8[index] = byte
        q4[index] = byte
      }
      let values8 = Q8_0.decode(q8)
      let values4 = Q4_0.decode(q4)
      if d.isNaN {
        #expect(values8[0].isNaN && values4[0].isNaN)
        continue
      }
      #expect(values8[0].bitPattern == (d * -128).bitPattern)
      #expect(values8[31].bitPattern == (d * 3).bitPattern)
      #expect(values4[0].bitPattern == (d * -8).bitPattern)
      #expect(values4[16].bitPattern == (d * 7).bitPattern)
      if d.isFinite { #expect(values4[1] == 0) }
    }
  }
}
