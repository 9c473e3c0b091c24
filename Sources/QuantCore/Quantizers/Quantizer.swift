/// How floats become blocks of a tensor type.
///
/// A conformer decides how the values of a row are rounded: each format's own search
/// (``FormatQuantizer``), with errors carried over to later columns, from a codebook made for the
/// tensor, and so on. It is given a tensor's rows in pieces, from several threads at once, and
/// gives the same blocks however the rows are cut.
public protocol Quantizer: Sendable {
  /// Whether it can make blocks of a type.
  func supports(_ type: TensorType) -> Bool

  /// Encodes some rows of a tensor.
  ///
  /// - Parameters:
  ///   - values: `rows.count` rows of `rows.columns` values.
  ///   - rows: Which rows of which tensor they are, and the type to encode them as, one that
  ///     ``supports(_:)`` allows and whose blocks the columns fill.
  ///   - importance: How much an error in each column matters: a weight per column, or `nil` when
  ///     all columns matter alike.
  ///   - blocks: Room for exactly the rows' blocks.
  /// - Throws: ``QuantError``: ``QuantError/Code/notFinite``, at the value that is no number,
  ///   ``QuantError/Code/unsupportedType``.
  func encode(
    _ values: Span<Float>, of rows: TensorRows, importance: Span<Float>?,
    into blocks: inout MutableRawSpan
  ) throws(QuantError)
}

/// Some consecutive rows of a tensor, and the type that they are to be stored as.
public struct TensorRows: Sendable, Hashable {
  /// The tensor's name.
  public var tensor: String
  /// The type that the rows are to be stored as.
  public var type: TensorType
  /// The values of a row.
  public var columns: Int
  /// The first row's number in the tensor.
  public var firstRow: Int
  /// How many rows there are.
  public var count: Int

  /// Describes rows.
  public init(tensor: String, type: TensorType, columns: Int, firstRow: Int, count: Int) {
    self.tensor = tensor
    self.type = type
    self.columns = columns
    self.firstRow = firstRow
    self.count = count
  }

  /// Throws when a value is NaN or infinite.
  ///
  /// - Parameter values: The rows' values.
  /// - Throws: ``QuantError/Code/notFinite``, with the value's row and column.
  public func checkFinite(_ values: Span<Float>) throws(QuantError) {
    // The exponents of what is not finite are all ones: a count that vectorizes.
    let exponent: UInt32 = 0x7F80_0000
    var count: UInt32 = 0
    for index in 0..<values.count {
      count |= values[unchecked: index].bitPattern & exponent == exponent ? 1 : 0
    }
    guard count != 0 else { return }
    for index in 0..<values.count where !values[index].isFinite {
      throw QuantError(
        .notFinite, "the value \(values[index]) cannot be stored; the model file is damaged",
        at: .value(
          tensor: tensor, row: firstRow + index / columns, column: index % columns))
    }
  }
}
