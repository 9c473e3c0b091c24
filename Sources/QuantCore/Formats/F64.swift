/// 64-bit floating point.
///
/// ```
/// byte  0       8
///       | value |   IEEE 754 binary64
/// ```
///
/// Decoding rounds to the nearest float, infinite beyond the largest one. Encoding is exact.
public enum F64: TensorFormat {
  /// ``TensorType/f64``.
  public static var type: TensorType { .f64 }

  /// The value.
  public static var multibyteFields: [BlockField] { [BlockField(offset: 0, width: 8)] }

  /// Turns blocks into values. See ``TensorFormat/decode(_:into:)``.
  public static func decode(_ blocks: RawSpan, into values: inout MutableSpan<Float>) {
    let count = blockCount(bytes: blocks.byteCount, values: values.count)
    for i in 0..<count {
      let bits = UInt64(bitPattern: blocks.integer(Int64.self, at: 8 * i))
      values[unchecked: i] = Float(Double(bitPattern: bits))
    }
  }

  /// Turns values into blocks. See ``TensorFormat/encode(_:importance:into:)``.
  public static func encode(
    _ values: Span<Float>, importance: Span<Float>?, into blocks: inout MutableRawSpan
  ) {
    let count = blockCount(
      bytes: blocks.byteCount, values: values.count, importance: importance)
    for i in 0..<count {
      let bits = Double(values[unchecked: i]).bitPattern
      blocks.store(integer: Int64(bitPattern: bits), at: 8 * i)
    }
  }
}
