/// Encodes each row by itself, with the format's own search for scales.
public struct FormatQuantizer: Quantizer {
  /// A quantizer without options.
  public init() {}

  /// Whether the type has a format.
  public func supports(_ type: TensorType) -> Bool { type.format != nil }

  /// Encodes some rows, as ``TensorFormat/encode(_:importance:into:)`` does.
  ///
  /// - Throws: ``QuantError/Code/notFinite``, ``QuantError/Code/unsupportedType``.
  public func encode(
    _ values: Span<Float>, of rows: TensorRows, importance: Span<Float>?,
    into blocks: inout MutableRawSpan
  ) throws(QuantError) {
    guard let format = rows.type.format else {
      throw QuantError(
        .unsupportedType, "values cannot be encoded as \(rows.type.name)", at: .tensor(rows.tensor))
    }
    try rows.checkFinite(values)
    format.encode(values, importance: importance, into: &blocks)
  }
}
