/// Which values share scales, or centroids.
public enum Granularity: Sendable, Hashable {
  /// All values of the tensor.
  case tensor
  /// The values of a row: an output channel of a matrix.
  case row
  /// So many neighbouring values of a row; the last group of a row may have fewer.
  case group(Int)

  /// The groups of some rows, as ranges of their values.
  ///
  /// - Throws: ``QuantError/Code/invalidShape`` for a group of no values.
  func groups(rows: Int, columns: Int) throws(QuantError) -> [Range<Int>] {
    let size: Int
    switch self {
    case .tensor: return rows * columns > 0 ? [0..<rows * columns] : []
    case .row: size = max(1, columns)
    case .group(let count):
      guard count > 0 else {
        throw QuantError(.invalidShape, "groups of \(count) values; choose 1 or more")
      }
      size = count
    }
    return (0..<rows).flatMap { row in
      stride(from: 0, to: columns, by: size).map {
        row * columns + $0..<row * columns + min($0 + size, columns)
      }
    }
  }

  /// Checks a tensor's shape and values, and gives its rows and columns.
  static func layOut(
    _ values: Span<Float>, name: String, shape: [Int]
  ) throws(QuantError) -> TensorRows {
    guard let bytes = try? TensorType.f32.byteCount(shape: shape) else {
      throw QuantError(.invalidShape, "a tensor cannot have the shape \(shape)", at: .tensor(name))
    }
    guard bytes == 4 * values.count else {
      throw QuantError(
        .sizeMismatch, "\(values.count) values for a tensor of \(shape)", at: .tensor(name))
    }
    let columns = shape.first ?? 1
    let rows = TensorRows(
      tensor: name, type: .f32, columns: columns, firstRow: 0, count: values.count / columns)
    try rows.checkFinite(values)
    return rows
  }
}
