/// bfloat16: the upper half of a 32-bit float.
///
/// ```
/// byte  0       2
///       | value |   sign, 8 exponent bits, 7 fraction bits
/// ```
///
/// Encoding rounds to nearest, ties to even. NaN stays NaN.
public enum BF16: TensorFormat {
  /// ``TensorType/bf16``.
  public static var type: TensorType { .bf16 }

  /// The value.
  public static var multibyteFields: [BlockField] { [BlockField(offset: 0, width: 2)] }

  /// Turns bytes into values. See ``TensorFormat/decode(_:into:)``.
  public static func decode(_ blocks: RawSpan, into values: inout MutableSpan<Float>) {
    let count = blockCount(bytes: blocks.byteCount, values: values.count)
    for i in 0..<count {
      values[unchecked: i] = BFloat16.float(blocks.word(2 * i))
    }
  }

  /// Turns values into bytes. See ``TensorFormat/encode(_:importance:into:)``.
  public static func encode(
    _ values: Span<Float>, importance: Span<Float>?, into blocks: inout MutableRawSpan
  ) {
    let count = blockCount(
      bytes: blocks.byteCount, values: values.count, importance: importance)
    for i in 0..<count {
      blocks.store(word: BFloat16.bits(values[unchecked: i]), at: 2 * i)
    }
  }
}
