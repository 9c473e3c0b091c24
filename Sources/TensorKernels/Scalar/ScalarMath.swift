extension ScalarKernels {
  /// e to the power of `x`, within two units in the last place; zero and infinity where the result
  /// is out of range.
  ///
  /// x = n ln 2 + r with n whole and |r| <= ln 2 / 2, and e^x = 2^n e^r. The polynomial is
  /// 1 + r + r^2 g(r), g a minimax fit of degree 4 (relative error 3e-9).
  @inline(__always)
  static func exp(_ x: Float) -> Float {
    // Beyond these bounds the result is 0 or infinity; a NaN passes.
    var x = x > 89 ? 89 : x
    x = x < -104 ? -104 : x
    // Adding 1.5 * 2^23 leaves the whole number nearest to the sum in the low bits.
    let magic: Float = 0x1.8p23
    let shifted = magic.addingProduct(x, 0x1.715476p0)
    let n = shifted - magic
    // ln 2 in two parts.
    let r = x.addingProduct(n, -0x1.62e400p-1).addingProduct(n, -0x1.7f7d1cp-20)
    var p: Float = 0x1.6a2256p-10
    p = (0x1.123b02p-7 as Float).addingProduct(p, r)
    p = (0x1.5558f8p-5 as Float).addingProduct(p, r)
    p = (0x1.555490p-3 as Float).addingProduct(p, r)
    p = (0x1.fffffcp-2 as Float).addingProduct(p, r)
    p = (1 as Float).addingProduct(p, r)
    p = (1 as Float).addingProduct(p, r)
    // 2^n in two steps, so that results below the normal range are rounded once.
    let exponent = Int32(bitPattern: shifted.bitPattern &- magic.bitPattern)
    let half = exponent >> 1
    return p * powerOfTwo(half) * powerOfTwo(exponent &- half)
  }

  @inline(__always)
  private static func powerOfTwo(_ exponent: Int32) -> Float {
    Float(bitPattern: UInt32(bitPattern: exponent &+ 127) << 23)
  }

  /// bound · tanh(x / bound), the hyperbolic tangent within two units of 2⁻²⁴ of a result of one.
  @inline(__always)
  static func softcap(_ x: Float, _ bound: Float) -> Float {
    let ratio = x / bound
    let power = exp(-2 * abs(ratio))
    let magnitude = (1 - power) / (1 + power)
    return bound * (ratio < 0 ? -magnitude : magnitude)
  }

  /// 1 - Φ(x), Φ the normal distribution function, for 0 <= x <= 15.
  ///
  /// e^(-x²/2) times a rational function, a fit of our own with the least relative error (1e-8 up to
  /// 13.5, where the result is no normal number any more). All coefficients are positive: nothing
  /// cancels, and fused multiply-adds, dear where they are emulated, would hardly be more accurate.
  @inline(__always)
  static func normalTail(_ x: Float) -> Float {
    var p: Float = 0x1.06a12cp-8
    p = p * x + 0x1.46f588p-5
    p = p * x + 0x1.72eb9ep-3
    p = p * x + 0x1.bde8c0p-2
    p = p * x + 0.5
    var q: Float = 0x1.492716p-7
    q = q * x + 0x1.99d00ap-4
    q = q * x + 0x1.daff1ep-2
    q = q * x + 0x1.319890p0
    q = q * x + 0x1.ab368ep0
    q = q * x + 1
    return exp(-0.5 * (x * x)) * p / q
  }
}
