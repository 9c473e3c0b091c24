/// 4 bits, blocks of 32 with a scale and a minimum: `value = d * q + m`.
///
/// ```
/// byte  0     2     4                                   20
///       |  d  |  m  | q16 q0 | q17 q1 | ... | q31 q15   |
///                     7..4 3..0
///
/// d    half     the scale
/// m    half     the value of level 0
/// q    4 bits   0 ... 15; the low halves of the bytes are the first 16 values
/// ```
public enum Q4_1: TensorFormat {
  /// ``TensorType/q4_1``.
  public static var type: TensorType { .q4_1 }

  /// The scale and the minimum.
  public static var multibyteFields: [BlockField] { [BlockField(offset: 0, width: 2, count: 2)] }

  /// Turns blocks into values. See ``TensorFormat/decode(_:into:)``.
  public static func decode(_ blocks: RawSpan, into values: inout MutableSpan<Float>) {
    let count = blockCount(bytes: blocks.byteCount, values: values.count)
    for block in 0..<count {
      let base = block * 20
      let first = block * 32
      let d = blocks.half(base)
      let m = blocks.half(base + 2)
      for i in 0..<16 {
        let byte = blocks.byte(base + 4 + i)
        values[unchecked: first + i] = d * Float(byte & 15) + m
        values[unchecked: first + 16 + i] = d * Float(byte >> 4) + m
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
    var encoder = LineBlockEncoder(highest: 15)
    for block in 0..<count {
      encoder.encode(values, importance: importance, at: 32 * block)
      let base = block * 20
      blocks.store(half: encoder.d, at: base)
      blocks.store(half: encoder.m, at: base + 2)
      for i in 0..<16 {
        blocks.store(encoder.levels[i] | encoder.levels[16 + i] << 4, at: base + 4 + i)
      }
    }
  }
}
