/// A normalization of runs of elements: whole rows, or the heads of a row.
public struct Normalization: Sendable {
  /// What a run is divided by.
  public enum Kind: Sendable {
    /// √(mean of squares + epsilon): Zhang and Sennrich, "Root Mean Square Layer Normalization"
    /// (2019).
    case rootMeanSquare
    /// √(variance + epsilon), after the mean is subtracted: Ba et al., "Layer Normalization"
    /// (2016).
    case standard
    /// √(sum of squares + epsilon).
    case euclidean
  }

  /// What a run is divided by.
  public var kind: Kind
  /// Multiplied with the result: a value per element of a run, or per element of a row.
  public var weight: Weight?
  /// Added to the product, as many values as `weight`.
  public var bias: Weight?
  /// Keeps the divisor from zero.
  public var epsilon: Float
  /// Elements of a run.
  public var size: Int

  /// Creates a normalization of runs of `size` elements.
  public init(
    _ kind: Kind, size: Int, epsilon: Float, weight: Weight? = nil, bias: Weight? = nil
  ) {
    self.kind = kind
    self.size = size
    self.epsilon = epsilon
    self.weight = weight
    self.bias = bias
  }

  /// Root mean square over rows, with a weight.
  public static func rootMeanSquare(_ weight: Weight, epsilon: Float) -> Normalization {
    Normalization(
      .rootMeanSquare, size: weight.rows * weight.columns, epsilon: epsilon, weight: weight)
  }
}
