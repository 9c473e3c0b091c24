/// Encodes each row by itself, with the format's own search for the scales with the least squared
/// error, weighted with the importance of each column where it is given.
///
/// ``ImportanceWeightedQuantizer`` gives it the importance by the tensor's name. What the search of
/// a type is, its ``TensorFormat/encode(_:importance:into:)`` says.
public struct FormatQuantizer: Quantizer {
  /// A quantizer without options.
  public init() {}

  /// Every type can be made.
  public func supports(_ type: TensorType) -> Bool { true }

  /// Encodes some rows, as ``TensorFormat/encode(_:importance:into:)`` does.
  ///
  /// - Throws: ``QuantError/Code/notFinite``.
  public func encode(
    _ values: Span<Float>, of rows: TensorRows, importance: Span<Float>?,
    into blocks: inout MutableRawSpan
  ) throws(QuantError) {
    try rows.checkFinite(values)
    rows.type.format.encode(values, importance: importance, into: &blocks)
  }
}
