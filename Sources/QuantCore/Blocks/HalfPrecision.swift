/// Conversions between 32-bit floats and IEEE 754 half precision (binary16), in integer
/// arithmetic, so that every platform gets the same bits and none needs `Float16`.
///
/// Layout: 1 sign bit, 5 exponent bits with bias 15, 10 fraction bits.
public enum HalfPrecision {
  /// The largest finite half: 65504.
  public static let greatestFinite: Float = 65504

  /// The smallest positive half: 2^-24.
  public static let leastNonzero: Float = 0x1p-24

  /// The exact value of a half. A signalling NaN becomes quiet and keeps its payload.
  @inlinable
  public static func float(_ half: UInt16) -> Float {
    let sign = UInt32(half & 0x8000) << 16
    let magnitude = UInt32(half & 0x7FFF)
    if magnitude >= 0x7C00 {
      let quiet: UInt32 = magnitude > 0x7C00 ? 0x0040_0000 : 0
      return Float(bitPattern: sign | 0x7F80_0000 | (magnitude & 0x03FF) << 13 | quiet)
    }
    if magnitude >= 0x0400 {
      // The exponent's bias grows from 15 to 127.
      return Float(bitPattern: sign | (magnitude << 13) &+ (112 << 23))
    }
    // Zero or subnormal: a whole number of 2^-24, which a float holds exactly.
    let value = Float(magnitude) * 0x1p-24
    return Float(bitPattern: value.bitPattern | sign)
  }

  /// The half nearest to `value`, ties to even; infinity when it is too large for a half.
  /// A NaN stays a (quiet) NaN with the upper bits of its payload.
  @inlinable
  public static func bits(_ value: Float) -> UInt16 {
    let pattern = value.bitPattern
    let sign = UInt16(truncatingIfNeeded: (pattern >> 16) & 0x8000)
    let magnitude = pattern & 0x7FFF_FFFF
    if magnitude > 0x7F80_0000 {
      return sign | 0x7E00 | UInt16(truncatingIfNeeded: (magnitude >> 13) & 0x03FF)
    }
    if magnitude >= 0x4780_0000 {  // 65536 and above
      return sign | 0x7C00
    }
    if magnitude >= 0x3880_0000 {  // 2^-14 and above: a normal half
      let rebiased = magnitude &- (112 << 23)
      // Adding just under half a unit, and the last kept bit, rounds ties to even. A carry out
      // of the fraction raises the exponent, up to infinity, as it should.
      let rounded = (rebiased &+ 0x0FFF &+ ((rebiased >> 13) & 1)) >> 13
      return sign | UInt16(truncatingIfNeeded: rounded)
    }
    if magnitude < 0x3300_0000 {  // below 2^-25, half the smallest half
      return sign
    }
    // Subnormal: shift the fraction, with its hidden bit, down to units of 2^-24.
    let exponent = magnitude >> 23
    let fraction = (magnitude & 0x007F_FFFF) | 0x0080_0000
    let shift = 126 &- exponent
    let kept = fraction >> shift
    let rest = fraction & ((1 << shift) &- 1)
    let tie: UInt32 = 1 << (shift &- 1)
    let up = rest > tie || (rest == tie && kept & 1 == 1)
    return sign | UInt16(truncatingIfNeeded: kept &+ (up ? 1 : 0))
  }

  /// The value nearest to `value` that a half can store, never infinite; NaN becomes zero.
  static func rounded(_ value: Float) -> Float {
    guard !value.isNaN else { return 0 }
    return float(bits(min(max(value, -greatestFinite), greatestFinite)))
  }

  /// The half nearest to `value`, but not nearer to zero where halves lie far apart (below
  /// 2^-14); never infinite, and NaN becomes zero. A unit rounded so still reaches, in as many
  /// steps, whatever it was made for, and a block of tiny values does not vanish.
  static func unit(_ value: Float) -> Float {
    let nearest = rounded(value)
    guard abs(nearest) < abs(value), abs(nearest) < 0x1p-14 else { return nearest }
    let away = float((bits(nearest) & 0x7FFF) + 1)
    return value < 0 ? -away : away
  }
}

extension HalfPrecision {
  /// The half that is `steps` steps farther from zero than `half`, which is one; never infinite,
  /// and zero where it would have the other sign.
  static func neighbour(_ half: Float, _ steps: Int) -> Float {
    let magnitude = Int(bits(abs(half))) + steps
    let neighbour = float(UInt16(min(max(magnitude, 0), 0x7BFF)))
    return half < 0 ? -neighbour : neighbour
  }
}

/// Conversions between 32-bit floats and bfloat16, which is a float's upper half.
///
/// Layout: 1 sign bit, 8 exponent bits with bias 127, 7 fraction bits.
public enum BFloat16 {
  /// The exact value of a bfloat16.
  @inlinable
  public static func float(_ bits: UInt16) -> Float {
    Float(bitPattern: UInt32(bits) << 16)
  }

  /// The bfloat16 nearest to `value`, ties to even. A NaN stays a NaN and becomes quiet.
  @inlinable
  public static func bits(_ value: Float) -> UInt16 {
    let pattern = value.bitPattern
    if pattern & 0x7FFF_FFFF > 0x7F80_0000 {
      return UInt16(truncatingIfNeeded: pattern >> 16) | 0x0040
    }
    return UInt16(truncatingIfNeeded: (pattern &+ 0x7FFF &+ ((pattern >> 16) & 1)) >> 16)
  }
}
