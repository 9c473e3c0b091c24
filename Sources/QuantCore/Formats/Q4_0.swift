/// 4 bits, blocks of 32 with one scale: `value = d * (q - 8)`.
///
/// ```
/// byte  0     2                                   18
///       |  d  | q16 q0 | q17 q1 | ... | q31 q15   |
///               7..4 3..0
///
/// d    half     the scale, of either sign
/// q    4 bits   0 ... 15; the low halves of the bytes are the first 16 values
/// ```
public enum Q4_0: TensorFormat {
  /// ``TensorType/q4_0``.
  public static var type: TensorType { .q4_0 }

  /// The scale.
  public static var multibyteFields: [BlockField] { [BlockField(offset: 0, width: 2)] }

  /// Turns blocks into values. See ``TensorFormat/decode(_:into:)``.
  public static func decode(_ blocks: RawSpan, into values: inout MutableSpan<Float>) {
    let count = blockCount(bytes: blocks.byteCount, values: values.count)
    for block in 0..<count {
      let base = block * 18
      let first = block * 32
      let d = blocks.half(base)
      for i in 0..<16 {
        let byte = Int32(blocks.byte(base + 2 + i))
        values[unchecked: first + i] = d * Float((byte & 15) - 8)
        values[unchecked: first + 16 + i] = d * Float((byte >> 4) - 8)
      }
    }
  }

  /// Turns values into blocks. See ``TensorFormat/encode(_:importance:into:)``.
  ///
  /// Without importance, the value of the largest magnitude gets level 0.
  /// With importance, scales around that one are tried; see `CentredBlockEncoder`. Every other encoder of this
  /// format makes the same blocks.
  public static func encode(
    _ values: Span<Float>, importance: Span<Float>?, into blocks: inout MutableRawSpan
  ) {
    let count = blockCount(
      bytes: blocks.byteCount, values: values.count, importance: importance)
    var encoder = CentredBlockEncoder(lowest: -8)
    for block in 0..<count {
      encoder.encode(values, importance: importance, at: 32 * block)
      let base = block * 18
      blocks.store(half: encoder.d, at: base)
      for i in 0..<16 {
        blocks.store(encoder.levels[i] | encoder.levels[16 + i] << 4, at: base + 2 + i)
      }
    }
  }
}
