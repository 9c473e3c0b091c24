/// 4 bits, blocks of 32 with one scale and sixteen uneven levels: `value = d * level[q]`.
///
/// ```
/// byte  0     2                                   18
///       |  d  | q16 q0 | q17 q1 | ... | q31 q15   |
///               7..4 3..0
///
/// d    half     the scale, of either sign
/// q    4 bits   0 ... 15; the low halves of the bytes are the first 16 values
/// ```
///
/// The levels, -127 to 113, lie closer together near zero, as weights do.
public enum IQ4_NL: TensorFormat {
  /// ``TensorType/iq4NL``.
  public static var type: TensorType { .iq4NL }

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
        let byte = blocks.byte(base + 2 + i)
        values[unchecked: first + i] = d * levels.levels[Int(byte & 15)]
        values[unchecked: first + 16 + i] = d * levels.levels[Int(byte >> 4)]
      }
    }
  }

  /// Turns values into blocks. See ``TensorFormat/encode(_:importance:into:)``.
  ///
  /// Searches the scale with the least (weighted) squared error; see `UnevenLevels`.
  public static func encode(
    _ values: Span<Float>, importance: Span<Float>?, into blocks: inout MutableRawSpan
  ) {
    let count = blockCount(
      bytes: blocks.byteCount, values: values.count, importance: importance)
    var input = BlockInput(size: 32)
    for block in 0..<count {
      input.load(values, importance: importance, at: 32 * block)
      let d = levels.storedScale(values: input.values.span, weights: input.weights.span)
      let base = block * 18
      blocks.store(half: d, at: base)
      for i in 0..<16 {
        let low = levels.index(of: input.values[i], scale: d)
        let high = levels.index(of: input.values[16 + i], scale: d)
        blocks.store(UInt8(low | high << 4), at: base + 2 + i)
      }
    }
  }

  /// The sixteen levels, which are ggml's; see NOTICE.
  static let levels = UnevenLevels([
    -127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113,
  ])
}
