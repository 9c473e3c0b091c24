/// A set of levels under one scale, and the search for that scale.
protocol ScaledLevels {
  /// Levels that the value of the largest magnitude may get; none is zero.
  var extremes: [Float] { get }

  /// The best scale for some values, not rounded; 0 when all values are, or do not matter.
  func scale(values: Span<Float>, weights: Span<Float>) -> Float

  /// The level that stores `value` best with `scale`.
  func levelValue(of value: Float, scale: Float) -> Float

  /// The weighted squared error of storing `values` with `scale`.
  func squaredError(values: Span<Float>, weights: Span<Float>, scale: Float) -> Float
}
