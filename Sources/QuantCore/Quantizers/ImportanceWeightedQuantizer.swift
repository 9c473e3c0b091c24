/// Gives another quantizer the importance of each tensor's columns, by the tensor's name: what is
/// called an importance matrix.
///
/// The importance of a column is the mean square of what it is multiplied with, over some inputs
/// (``SecondMoments/importance``): with it a search minimises `sum(importance * error²)`, which is
/// the squared error of the outputs as far as the columns are independent of each other.
public struct ImportanceWeightedQuantizer: Quantizer {
  /// A weight for each column, by the name of the tensor.
  public let importance: [String: [Float]]
  private let base: any Quantizer

  /// A quantizer with weights.
  ///
  /// - Parameters:
  ///   - importance: A weight for each column, by the name of the tensor. The columns of a tensor
  ///     that is not here matter alike.
  ///   - base: What encodes.
  public init(importance: [String: [Float]], base: any Quantizer = FormatQuantizer()) {
    self.importance = importance
    self.base = base
  }

  /// Every type that the other quantizer can make.
  public func supports(_ type: TensorType) -> Bool { base.supports(type) }

  /// Encodes some rows with the tensor's weights, unless others are given.
  ///
  /// - Throws: ``QuantError/Code/sizeMismatch`` for weights of another number than the columns, and
  ///   what the other quantizer throws.
  public func encode(
    _ values: Span<Float>, of rows: TensorRows, importance: Span<Float>?,
    into blocks: inout MutableRawSpan
  ) throws(QuantError) {
    guard importance == nil, let weights = self.importance[rows.tensor] else {
      return try base.encode(values, of: rows, importance: importance, into: &blocks)
    }
    guard weights.count == rows.columns else {
      throw QuantError(
        .sizeMismatch, "\(weights.count) importance weights for \(rows.columns) columns",
        at: .tensor(rows.tensor))
    }
    try base.encode(values, of: rows, importance: weights.span, into: &blocks)
  }
}
