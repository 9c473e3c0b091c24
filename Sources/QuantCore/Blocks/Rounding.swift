/// The largest magnitude that an encoder takes in: above what any format with half-precision
/// scales can store, and small enough that sums of weighted squares stay finite.
let greatestEncodable: Float = 3e8

/// A value that an encoder can calculate with: NaN becomes zero, and what is larger than any
/// format can store is limited.
@inline(__always)
func encodable(_ value: Float) -> Float {
  guard value == value else { return 0 }
  return min(max(value, -greatestEncodable), greatestEncodable)
}

/// The whole number nearest to `value`, ties to even, limited to a range; NaN gives the lowest.
///
/// Adding 1.5 * 2^23 leaves no bits for a fraction, so the addition itself rounds. That is much
/// faster than a call to the library's rounding on processors without an instruction for it.
///
/// - Parameters:
///   - lowest: at least -2^22.
///   - highest: below 2^22.
@inline(__always)
func nearestLevel(_ value: Float, from lowest: Int32, through highest: Int32) -> Int32 {
  let low = Float(lowest)
  let high = Float(highest)
  let limited = value > low ? (value < high ? value : high) : low
  let magic: Float = 12_582_912
  return Int32(bitPattern: (limited + magic).bitPattern) &- Int32(bitPattern: magic.bitPattern)
}

extension FixedWidthInteger {
  /// The integer nearest to `value`, ties to even, limited to what the type holds; NaN gives zero.
  @inline(__always)
  init(nearestTo value: Float) {
    guard value == value else {
      self = 0
      return
    }
    // As in `nearestLevel`; from 2^23 on there are no fractions.
    let magic = Float(signOf: value, magnitudeOf: 8_388_608)
    let whole = value.magnitude < 8_388_608 ? (value + magic) - magic : value
    self = Self(exactly: whole) ?? (value < 0 ? .min : .max)
  }
}
