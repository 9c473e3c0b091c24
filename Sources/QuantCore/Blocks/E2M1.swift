/// 4-bit floating point: sign, 2 exponent bits, 1 fraction bit.
enum E2M1 {
  /// The sixteen values, doubled so that they are whole.
  static let doubled: [Float] = [0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12]

  /// The number of the level which, times `scale`, is nearest to `value`; the first of several.
  @inline(__always)
  static func nearest(_ value: Float, scale: Float) -> UInt8 {
    // Zero comes before its negative, and lower magnitudes before higher ones.
    let magnitude = abs(value)
    var best = 0
    var bestDistance = magnitude
    for level in 1..<8 {
      let distance = abs(scale * doubled[level] - magnitude)
      if distance < bestDistance {
        bestDistance = distance
        best = level
      }
    }
    return UInt8(value < 0 && best > 0 ? best + 8 : best)
  }
}
