public import QuantCore

/// What a conversion has done.
public struct ConversionReport: Sendable, Equatable {
  /// What became of a tensor.
  public struct Tensor: Sendable, Equatable {
    /// The name.
    public var name: String
    /// How the source stores it.
    public var sourceType: TensorType
    /// How the result stores it.
    public var type: TensorType
    /// The root of the mean squared difference between the source's values and the result's; 0 for
    /// a tensor that was copied.
    public var rootMeanSquaredError: Double
  }

  /// The size of the file, in bytes.
  public var byteCount: Int
  /// All tensors, in the order of the file.
  public var tensors: [Tensor]
}
