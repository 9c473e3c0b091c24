/// 4-bit floating point: sign, 2 exponent bits, 1 fraction bit.
enum E2M1 {
  /// The sixteen values, doubled so that they are whole.
  static let doubled: [Float] = [0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12]

  /// The middles between neighbouring magnitudes.
  private static let middles: [Float] = [0.5, 1.5, 2.5, 3.5, 5, 7, 10]

  /// The number of the level which, times `scale`, is nearest to `value`; of two equally near, the
  /// lower magnitude.
  @inline(__always)
  static func nearest(_ value: Float, scale: Float) -> UInt8 {
    let magnitude = abs(value)
    var level: UInt8 = 0
    for middle in middles where magnitude > middle * scale { level += 1 }
    return value < 0 && level > 0 ? level + 8 : level
  }
}
