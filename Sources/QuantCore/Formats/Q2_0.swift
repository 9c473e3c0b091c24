/// 2 bits, blocks of 64 with one scale: `value = d * (q - 1)`.
///
/// ```
/// byte  0     2                 18
///       |  d  | q: 16 bytes     |
///
/// d    half     the scale, of either sign
/// q    2 bits   0 ... 3; value i is at bit 2 * (i % 4) of byte i / 4
/// ```
public enum Q2_0: TensorFormat {
  /// ``TensorType/q2_0``.
  public static var type: TensorType { .q2_0 }

  /// The scale.
  public static var multibyteFields: [BlockField] { [BlockField(offset: 0, width: 2)] }

  /// Turns blocks into values. See ``TensorFormat/decode(_:into:)``.
  public static func decode(_ blocks: RawSpan, into values: inout MutableSpan<Float>) {
    let count = blockCount(bytes: blocks.byteCount, values: values.count)
    for block in 0..<count {
      let base = block * 18
      let d = blocks.half(base)
      for i in 0..<64 {
        let q = blocks.byte(base + 2 + i / 4) >> UInt8(2 * (i % 4)) & 3
        values[unchecked: 64 * block + i] = d * Float(Int32(q) - 1)
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
    var input = BlockInput(size: 64)
    for block in 0..<count {
      input.load(values, importance: importance, at: 64 * block)
      let d = levels.storedScale(values: input.values.span, weights: input.weights.span)
      let base = block * 18
      blocks.store(half: d, at: base)
      for i in 0..<16 {
        var byte = 0
        for k in 0..<4 {
          byte |= levels.index(of: input.values[4 * i + k], scale: d) << (2 * k)
        }
        blocks.store(UInt8(byte), at: base + 2 + i)
      }
    }
  }

  private static let levels = UnevenLevels([-1, 0, 1, 2])
}
