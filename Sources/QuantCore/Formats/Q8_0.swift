/// 8 bits, blocks of 32 with one scale: `value = d * q`.
///
/// ```
/// byte  0     2                              34
///       |  d  |  q0  q1  q2  ...  q31        |
///
/// d    half   the scale
/// q    int8   -127 ... 127
/// ```
public enum Q8_0: TensorFormat {
  /// ``TensorType/q8_0``.
  public static var type: TensorType { .q8_0 }

  /// The scale.
  public static var multibyteFields: [BlockField] { [BlockField(offset: 0, width: 2)] }

  /// Turns blocks into values. See ``TensorFormat/decode(_:into:)``.
  public static func decode(_ blocks: RawSpan, into values: inout MutableSpan<Float>) {
    let count = blockCount(bytes: blocks.byteCount, values: values.count)
    for block in 0..<count {
      let base = block * 34
      let d = blocks.half(base)
      for i in 0..<32 {
        values[unchecked: 32 * block + i] = d * Float(blocks.signedByte(base + 2 + i))
      }
    }
  }

  /// Turns values into blocks. See ``TensorFormat/encode(_:importance:into:)``.
  ///
  /// The scale is the largest magnitude over 127. At 8 bits a search gains next to nothing, and
  /// importance is not used: every block is what any other encoder of this format makes.
  public static func encode(
    _ values: Span<Float>, importance: Span<Float>?, into blocks: inout MutableRawSpan
  ) {
    let count = blockCount(
      bytes: blocks.byteCount, values: values.count, importance: importance)
    for block in 0..<count {
      let base = block * 34
      var largest: Float = 0
      for i in 0..<32 {
        largest = max(largest, abs(encodable(values[unchecked: 32 * block + i])))
      }
      let d = min(largest / 127, HalfPrecision.greatestFinite)
      let inverse = d > 0 ? 1 / d : 0
      blocks.store(half: d, at: base)
      for i in 0..<32 {
        let scaled = encodable(values[unchecked: 32 * block + i]) * inverse
        let even = nearestLevel(scaled, from: -127, through: 127)
        // Halves go away from zero.
        let rest = scaled - Float(even)
        let q = even + (scaled > 0 && rest == 0.5 ? 1 : scaled < 0 && rest == -0.5 ? -1 : 0)
        blocks.store(UInt8(truncatingIfNeeded: q), at: base + 2 + i)
      }
    }
  }
}
