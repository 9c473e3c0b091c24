/// A tensor's name, type, shape and bytes, wherever they are: in memory, in a mapped file, or
/// made when they are asked for.
public protocol TensorSource: Sendable {
  /// The name, such as `blk.0.attn_q.weight`.
  var name: String { get }

  /// How the values are stored.
  var type: TensorType { get }

  /// The dimensions in GGUF's order: `shape[0]` is the number of columns, whose values lie side
  /// by side, `shape[1]` the number of rows, and so on.
  var shape: [Int] { get }

  /// Calls `body` with all bytes, little-endian, row by row.
  ///
  /// The bytes are valid only during the call.
  func withBytes<R>(_ body: (RawSpan) throws -> R) rethrows -> R

  /// Whether the bytes lie in a mapped file, so that keeping the source takes no memory that the
  /// system cannot have back. False by default.
  var isMapped: Bool { get }

  /// Says that some of the bytes will not be read again soon. Does nothing by default.
  func discardPages(in bytes: Range<Int>)
}

extension TensorSource {
  /// The values of a row.
  public var columns: Int { shape.first ?? 1 }

  /// The number of rows: the product of all dimensions but the first.
  public var rows: Int { shape.dropFirst().reduce(1, *) }

  /// The number of values.
  public var elementCount: Int { columns * rows }

  /// The number of bytes that ``withBytes(_:)`` gives.
  public var byteCount: Int { elementCount / type.blockSize * type.blockBytes }

  /// False.
  public var isMapped: Bool { false }

  /// Does nothing.
  public func discardPages(in bytes: Range<Int>) {}

  /// Says that the bytes will not be read again soon.
  public func discardPages() { discardPages(in: 0..<byteCount) }

  /// All values, decoded.
  ///
  /// - Throws: ``QuantError/Code/sizeMismatch`` where the source's bytes do not fill its shape.
  public func decoded() throws(QuantError) -> [Float] {
    let format = type.format
    let count = elementCount
    let expected = byteCount
    let values: [Float]? = withBytes { bytes in
      guard bytes.byteCount == expected else { return nil }
      return [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
        buffer.initialize(repeating: 0)
        var span = buffer.mutableSpan
        format.decode(bytes, into: &span)
        initialized = count
      }
    }
    guard let values else {
      throw QuantError(
        .sizeMismatch, "the tensor's bytes are not the \(expected) that its shape asks for",
        at: .tensor(name))
    }
    return values
  }
}
