/// 32-bit floating point, as it is.
///
/// ```
/// byte  0        4
///       | value  |   IEEE 754 binary32
/// ```
///
/// Encoding keeps every bit, NaN and infinity included.
public enum F32: TensorFormat {
  /// ``TensorType/f32``.
  public static var type: TensorType { .f32 }

  /// The value.
  public static var multibyteFields: [BlockField] { [BlockField(offset: 0, width: 4)] }

  /// Turns bytes into values. See ``TensorFormat/decode(_:into:)``.
  public static func decode(_ blocks: RawSpan, into values: inout MutableSpan<Float>) {
    let count = blockCount(bytes: blocks.byteCount, values: values.count)
    for i in 0..<count {
      values[unchecked: i] = Float(bitPattern: blocks.doubleWord(4 * i))
    }
  }

  /// Turns values into bytes. See ``TensorFormat/encode(_:importance:into:)``.
  public static func encode(
    _ values: Span<Float>, importance: Span<Float>?, into blocks: inout MutableRawSpan
  ) {
    let count = blockCount(
      bytes: blocks.byteCount, values: values.count, importance: importance)
    for i in 0..<count {
      blocks.store(doubleWord: values[unchecked: i].bitPattern, at: 4 * i)
    }
  }
}
