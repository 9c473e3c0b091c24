/// 64-bit integers with sign.
///
/// ```
/// byte  0       8
///       | value |   two's complement
/// ```
///
/// Decoding gives the nearest float. Encoding rounds to the nearest integer, ties to even; what is
/// out of range becomes the lowest or the highest integer, and NaN becomes zero.
public enum I64: TensorFormat {
  /// ``TensorType/i64``.
  public static var type: TensorType { .i64 }

  /// The value.
  public static var multibyteFields: [BlockField] { [BlockField(offset: 0, width: 8)] }

  /// Turns blocks into values. See ``TensorFormat/decode(_:into:)``.
  public static func decode(_ blocks: RawSpan, into values: inout MutableSpan<Float>) {
    let count = blockCount(bytes: blocks.byteCount, values: values.count)
    for i in 0..<count {
      values[unchecked: i] = Float(blocks.integer(Int64.self, at: 8 * i))
    }
  }

  /// Turns values into blocks. See ``TensorFormat/encode(_:importance:into:)``.
  public static func encode(
    _ values: Span<Float>, importance: Span<Float>?, into blocks: inout MutableRawSpan
  ) {
    let count = blockCount(
      bytes: blocks.byteCount, values: values.count, importance: importance)
    for i in 0..<count {
      blocks.store(
        integer: Int64(nearestTo: values[unchecked: i]), at: 8 * i)
    }
  }
}
