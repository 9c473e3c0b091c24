#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// How likely a model holds each token, from its logits.
public enum LogSoftmax {
  /// The natural logarithm of the sum of all exponentials: what to subtract from a logit to get
  /// its token's log probability.
  ///
  /// Computed in double precision, to about 1e-13.
  ///
  /// - Parameter logits: A row, not empty.
  /// - Returns: A number that is not finite where a logit is NaN or positive infinity.
  public static func normalizer(of logits: Span<Float>) -> Double {
    precondition(logits.count > 0, "logits of no tokens")
    return logits.withUnsafeBufferPointer { values in
      let maximum = maximum(of: values)
      // What is no number, or all -infinity, stays so.
      guard maximum.isFinite else { return Double(maximum) }
      return Double(maximum) + log(sumOfExponentials(of: values, minus: Double(maximum)))
    }
  }

  /// The negative log likelihood of one token, in nats.
  ///
  /// - Parameters:
  ///   - token: Below the number of logits.
  ///   - logits: A row.
  public static func negativeLogLikelihood(of token: Int, in logits: Span<Float>) -> Double {
    normalizer(of: logits) - Double(logits[token])
  }

  private static func maximum(of values: UnsafeBufferPointer<Float>) -> Float {
    var lanes = SIMD16<Float>(repeating: -.infinity)
    // A NaN is never greater, so it is looked for apart.
    var isUnordered = SIMDMask<SIMD16<Int32>>(repeating: false)
    let whole = values.count / 16 * 16
    for i in stride(from: 0, to: whole, by: 16) {
      let part = load(values, i, as: SIMD16<Float>.self)
      isUnordered .|= part .!= part
      lanes.replace(with: part, where: part .> lanes)
    }
    var maximum = isUnordered == SIMDMask(repeating: false) ? lanes.max() : .nan
    for value in values[whole...] where !maximum.isNaN && !(value <= maximum) { maximum = value }
    return maximum
  }

  private static func sumOfExponentials(
    of values: UnsafeBufferPointer<Float>, minus maximum: Double
  ) -> Double {
    var sums = SIMD8<Double>.zero
    let whole = values.count / 8 * 8
    for i in stride(from: 0, to: whole, by: 8) {
      let part = SIMD8<Double>(load(values, i, as: SIMD8<Float>.self))
      sums += exponential(part - maximum)
    }
    var sum = sums.sum()
    for value in values[whole...] { sum += exp(Double(value) - maximum) }
    return sum
  }

  @inline(__always)
  private static func load<Vector: SIMD>(
    _ values: UnsafeBufferPointer<Float>, _ offset: Int, as type: Vector.Type
  ) -> Vector where Vector.Scalar == Float {
    UnsafeRawBufferPointer(values).loadUnaligned(fromByteOffset: 4 * offset, as: type)
  }

  /// `e` to the power of numbers that are not positive: two to the nearest whole power, times the
  /// Taylor series of the rest, which is at most half of ln 2.
  @inline(__always)
  static func exponential(_ x: SIMD8<Double>) -> SIMD8<Double> {
    typealias Vector = SIMD8<Double>
    // Below this the result would be subnormal; in the sum, either is nothing.
    let x = x.replacing(with: -708, where: x .< -708)
    // Adding this leaves the nearest integer in the low bits of the sum.
    let shift = Vector(repeating: 0x1.8p52)
    let shifted = x * 1.4426950408889634 + shift
    let power = shifted - shift
    let rest = x - power * 0x1.62e42fefa39efp-1 - power * 0x1.abc9e3b39803fp-56
    var series = Vector(repeating: 1 / 39_916_800)
    for factor in reciprocalFactorials { series = series * rest + factor }
    let bits =
      SIMD8<UInt64>(
        truncatingIfNeeded: unsafeBitCast(shifted, to: SIMD8<UInt64>.self) &+ 1023) &<< 52
    return series * unsafeBitCast(bits, to: Vector.self)
  }

  /// 1/10!, 1/9! and so on to 1/0!.
  private static var reciprocalFactorials: [Double] {
    [
      1 / 3_628_800, 1 / 362_880, 1 / 40_320, 1 / 5040, 1 / 720, 1 / 120, 1 / 24, 1 / 6, 0.5, 1, 1,
    ]
  }
}
