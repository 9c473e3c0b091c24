/// A tensor whose bytes are in an array.
public struct InMemoryTensor: TensorSource, Equatable {
  /// The name.
  public let name: String
  /// How the values are stored.
  public let type: TensorType
  /// The dimensions, columns first.
  public let shape: [Int]
  /// The blocks, row by row.
  public let bytes: [UInt8]

  /// A tensor of stored blocks.
  ///
  /// - Throws: ``QuantError`` when the shape is not possible, a row does not fill whole blocks,
  ///   or `bytes` has not the size that follows from type and shape.
  public init(name: String, type: TensorType, shape: [Int], bytes: [UInt8]) throws(QuantError) {
    let expected = try Self.byteCount(name: name, type: type, shape: shape)
    guard bytes.count == expected else {
      throw QuantError(
        .sizeMismatch,
        "\(bytes.count) bytes for a \(type.name) tensor of \(shape), which takes \(expected)",
        at: .tensor(name))
    }
    self.name = name
    self.type = type
    self.shape = shape
    self.bytes = bytes
  }

  /// A tensor made by encoding `values`.
  ///
  /// - Parameters:
  ///   - name: the tensor's name.
  ///   - shape: the dimensions, columns first.
  ///   - values: all values, row by row.
  ///   - type: how to store them.
  ///   - importance: one weight for each column, or `nil`.
  /// - Throws: ``QuantError`` when the shape is not possible, a row does not fill whole blocks,
  ///   or the numbers of values or weights do not match the shape.
  public init(
    name: String, shape: [Int], values: [Float], as type: TensorType = .f32,
    importance: [Float]? = nil
  ) throws(QuantError) {
    let format = type.format
    let byteCount = try Self.byteCount(name: name, type: type, shape: shape)
    let elementCount = shape.reduce(1, *)
    guard values.count == elementCount else {
      throw QuantError(
        .sizeMismatch, "\(values.count) values for a tensor of \(shape)", at: .tensor(name))
    }
    if let importance, importance.count != shape.first ?? 1 {
      throw QuantError(
        .sizeMismatch,
        "\(importance.count) importance weights for \(shape.first ?? 1) columns",
        at: .tensor(name))
    }
    var bytes = [UInt8](repeating: 0, count: byteCount)
    if elementCount > 0 {
      var mutableBytes = bytes.mutableSpan
      var blocks = mutableBytes.mutableBytes
      if let importance {
        format.encode(values.span, importance: importance.span, into: &blocks)
      } else {
        format.encode(values.span, importance: nil, into: &blocks)
      }
    }
    self.name = name
    self.type = type
    self.shape = shape
    self.bytes = bytes
  }

  /// Calls `body` with the array's bytes.
  public func withBytes<R>(_ body: (RawSpan) throws -> R) rethrows -> R {
    try body(bytes.span.bytes)
  }

  private static func byteCount(
    name: String, type: TensorType, shape: [Int]
  ) throws(QuantError) -> Int {
    do {
      return try type.byteCount(shape: shape)
    } catch {
      throw error.about(tensor: name)
    }
  }
}
