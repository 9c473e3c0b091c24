/// Conversions between `Float` and the bits of 16-bit types, rounding to nearest even.
///
/// The same as QuantCore's, kept here because they are called once per element of an inner loop
/// and must be inlined there.
enum ScalarFloats {
  /// The value of an IEEE half.
  @inline(__always)
  static func half(_ bits: UInt16) -> Float {
    let sign = UInt32(bits & 0x8000) << 16
    let magnitude = UInt32(bits & 0x7FFF)
    if magnitude >= 0x7C00 {  // infinity, NaN
      return Float(bitPattern: sign | 0x7F80_0000 | (magnitude & 0x3FF) << 13)
    }
    if magnitude >= 0x0400 {
      return Float(bitPattern: sign | (magnitude << 13 &+ 112 << 23))
    }
    // Zero and subnormals are multiples of 2^-24.
    let value = Float(magnitude) * 0x1p-24
    return Float(bitPattern: sign | value.bitPattern)
  }

  /// The half nearest to `value`.
  @inline(__always)
  static func halfBits(_ value: Float) -> UInt16 {
    let sign = UInt16(truncatingIfNeeded: value.bitPattern >> 16) & 0x8000
    let magnitude = value.bitPattern & 0x7FFF_FFFF
    let result: UInt16
    if magnitude > 0x7F80_0000 {
      result = 0x7E00
    } else if magnitude >= 0x477F_F000 {  // 65520 and above
      result = 0x7C00
    } else if magnitude >= 0x3880_0000 {  // 2^-14 and above: a normal half
      let rounded = magnitude &+ 0xFFF &+ (magnitude >> 13 & 1)
      result = UInt16(truncatingIfNeeded: (rounded &- 112 << 23) >> 13)
    } else {
      let multiple = (Float(bitPattern: magnitude) * 0x1p24).rounded(.toNearestOrEven)
      result = UInt16(multiple)
    }
    return sign | result
  }

  /// The value of a bfloat16.
  @inline(__always)
  static func bfloat(_ bits: UInt16) -> Float {
    Float(bitPattern: UInt32(bits) << 16)
  }

  /// The bfloat16 nearest to `value`.
  @inline(__always)
  static func bfloatBits(_ value: Float) -> UInt16 {
    let bits = value.bitPattern
    if bits & 0x7FFF_FFFF > 0x7F80_0000 { return UInt16(bits >> 16) | 0x40 }  // a quiet NaN
    return UInt16(truncatingIfNeeded: (bits &+ 0x7FFF &+ (bits >> 16 & 1)) >> 16)
  }
}
