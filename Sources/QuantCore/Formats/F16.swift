/// IEEE half precision.
///
/// ```
/// byte  0       2
///       | value |   IEEE 754 binary16: sign, 5 exponent bits, 10 fraction bits
/// ```
///
/// Encoding rounds to nearest, ties to even. NaN stays NaN; what is above 65504 by half a unit or
/// more becomes infinite.
public enum F16: TensorFormat {
  /// ``TensorType/f16``.
  public static var type: TensorType { .f16 }

  /// The value.
  public static var multibyteFields: [BlockField] { [BlockField(offset: 0, width: 2)] }

  /// Turns bytes into values. See ``TensorFormat/decode(_:into:)``.
  public static func decode(_ blocks: RawSpan, into values: inout MutableSpan<Float>) {
    let count = blockCount(bytes: blocks.byteCount, values: values.count)
    for i in 0..<count {
      values[unchecked: i] = blocks.half(2 * i)
    }
  }

  /// Turns values into bytes. See ``TensorFormat/encode(_:importance:into:)``.
  public static func encode(
    _ values: Span<Float>, importance: Span<Float>?, into blocks: inout MutableRawSpan
  ) {
    let count = blockCount(
      bytes: blocks.byteCount, values: values.count, importance: importance)
    for i in 0..<count {
      blocks.store(half: values[unchecked: i], at: 2 * i)
    }
  }
}
