/// 8-bit floating point without a sign: 4 exponent bits with bias 7, 3 fraction bits.
enum E4M3 {
  /// The highest number that is a value: 448.
  static let highest: UInt8 = 0x7E

  /// The value of a number; the sign bit is not looked at. The one that stands for NaN is zero.
  static func value(_ bits: UInt8) -> Float {
    guard bits != 0x7F else { return 0 }
    let exponent = UInt32(bits >> 3 & 15)
    let fraction = UInt32(bits & 7)
    guard exponent > 0 else { return Float(fraction) * 0x1p-9 }
    return Float(bitPattern: (exponent + 120) << 23 | fraction << 20)
  }

  /// The number whose value is nearest to one that is not negative.
  static func nearest(_ value: Float) -> UInt8 {
    var (low, high) = (UInt8(0), highest)
    while low < high {
      let middle = (low + high) / 2
      if (Self.value(middle) + Self.value(middle + 1)) / 2 < value {
        low = middle + 1
      } else {
        high = middle
      }
    }
    return low
  }
}
