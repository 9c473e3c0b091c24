/// 5 bits, blocks of 32 with one scale: `value = d * (q - 16)`.
///
/// ```
/// byte  0     2      6                                   22
///       |  d  |  qh  | q16 q0 | q17 q1 | ... | q31 q15   |
///                      7..4 3..0
///
/// d    half     the scale, of either sign
/// qh   uint32   bit i is the highest bit of value i
/// q    4 bits   the lower bits; the low halves of the bytes are the first 16 values
/// ```
public enum Q5_0: TensorFormat {
  /// ``TensorType/q5_0``.
  public static var type: TensorType { .q5_0 }

  /// The scale and the highest bits.
  public static var multibyteFields: [BlockField] {
    [BlockField(offset: 0, width: 2), BlockField(offset: 2, width: 4)]
  }

  /// Turns blocks into values. See ``TensorFormat/decode(_:into:)``.
  public static func decode(_ blocks: RawSpan, into values: inout MutableSpan<Float>) {
    let count = blockCount(bytes: blocks.byteCount, values: values.count)
    for block in 0..<count {
      let base = block * 22
      let first = block * 32
      let d = blocks.half(base)
      let high = blocks.doubleWord(base + 2)
      for i in 0..<16 {
        let byte = Int32(blocks.byte(base + 6 + i))
        let low = byte & 15 | Int32(high >> UInt32(i) & 1) << 4
        let upper = byte >> 4 | Int32(high >> UInt32(16 + i) & 1) << 4
        values[unchecked: first + i] = d * Float(low - 16)
        values[unchecked: first + 16 + i] = d * Float(upper - 16)
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
    var encoder = CentredBlockEncoder(lowest: -16)
    for block in 0..<count {
      encoder.encode(values, importance: importance, at: 32 * block)
      let base = block * 22
      blocks.store(half: encoder.d, at: base)
      FifthBits.store(encoder.levels, into: &blocks, at: base + 2)
    }
  }
}
