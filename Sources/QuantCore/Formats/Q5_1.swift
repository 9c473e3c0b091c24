/// 5 bits, blocks of 32 with a scale and a minimum: `value = d * q + m`.
///
/// ```
/// byte  0     2     4      8                                   24
///       |  d  |  m  |  qh  | q16 q0 | q17 q1 | ... | q31 q15   |
///                            7..4 3..0
///
/// d    half     the scale
/// m    half     the value of level 0
/// qh   uint32   bit i is the highest bit of value i
/// q    4 bits   the lower bits; the low halves of the bytes are the first 16 values
/// ```
public enum Q5_1: TensorFormat {
  /// ``TensorType/q5_1``.
  public static var type: TensorType { .q5_1 }

  /// The scale, the minimum and the highest bits.
  public static var multibyteFields: [BlockField] {
    [BlockField(offset: 0, width: 2, count: 2), BlockField(offset: 4, width: 4)]
  }

  /// Turns blocks into values. See ``TensorFormat/decode(_:into:)``.
  public static func decode(_ blocks: RawSpan, into values: inout MutableSpan<Float>) {
    let count = blockCount(bytes: blocks.byteCount, values: values.count)
    for block in 0..<count {
      let base = block * 24
      let first = block * 32
      let d = blocks.half(base)
      let m = blocks.half(base + 2)
      let high = blocks.doubleWord(base + 4)
      for i in 0..<16 {
        let byte = UInt32(blocks.byte(base + 8 + i))
        let low = byte & 15 | (high >> UInt32(i) & 1) << 4
        let upper = byte >> 4 | (high >> UInt32(16 + i) & 1) << 4
        values[unchecked: first + i] = d * Float(low) + m
        values[unchecked: first + 16 + i] = d * Float(upper) + m
      }
    }
  }

  /// Turns values into blocks. See ``TensorFormat/encode(_:importance:into:)``.
  ///
  /// Without importance, the lowest value gets level 0 and the highest the highest level.
  /// With importance, other lines are tried; see `LineBlockEncoder`. Every other encoder of this
  /// format makes the same blocks.
  public static func encode(
    _ values: Span<Float>, importance: Span<Float>?, into blocks: inout MutableRawSpan
  ) {
    let count = blockCount(
      bytes: blocks.byteCount, values: values.count, importance: importance)
    var encoder = LineBlockEncoder(highest: 31)
    for block in 0..<count {
      encoder.encode(values, importance: importance, at: 32 * block)
      let base = block * 24
      blocks.store(half: encoder.d, at: base)
      blocks.store(half: encoder.m, at: base + 2)
      FifthBits.store(encoder.levels, into: &blocks, at: base + 4)
    }
  }
}
