/// 2.06 bits, blocks of 256 in eight sub-blocks of 32, each with a scale of 4 bits. Eight magnitudes
/// are one of 256 points: `value = d * (s + 0.5) / 4 * sign * point[q][i]`.
///
/// ```
/// byte  0     2                                  66
///       |  d  | eight times: q q q q | signs, s  |
///
/// d      half     what the scales multiply
/// q      uint8    the points of the four groups of 8 in a sub-block
/// signs  uint32   bits 27..0: seven signs for each group, of which `SignPatterns` makes eight;
/// s               bits 31..28: the scale
/// ```
public enum IQ2_XXS: TensorFormat {
  /// ``TensorType/iq2XXS``.
  public static var type: TensorType { .iq2XXS }

  /// The scale, and the signs of each sub-block.
  public static var multibyteFields: [BlockField] {
    [BlockField(offset: 0, width: 2)] + (0..<8).map { BlockField(offset: 6 + 8 * $0, width: 4) }
  }

  /// Turns blocks into values. See ``TensorFormat/decode(_:into:)``.
  public static func decode(_ blocks: RawSpan, into values: inout MutableSpan<Float>) {
    let count = blockCount(bytes: blocks.byteCount, values: values.count)
    let codebook = IQ2XXSCodebook.lattice
    for block in 0..<count {
      let base = block * 66
      let d = blocks.half(base)
      for j in 0..<8 {
        let packed = blocks.doubleWord(base + 6 + 8 * j)
        let scale = d * (Float(packed >> 28) + 0.5) * 0.25
        for group in 0..<4 {
          codebook.decode(
            Int(blocks.byte(base + 2 + 8 * j + group)), scale: scale,
            signs: SignPatterns.complete(packed >> UInt32(7 * group)), from: 0, into: &values,
            at: 256 * block + 32 * j + 8 * group)
        }
      }
    }
  }

  /// Turns values into blocks. See ``TensorFormat/encode(_:importance:into:)``.
  ///
  /// Searches points and scales with the least (weighted) squared error; see `LatticeEncoder`.
  public static func encode(
    _ values: Span<Float>, importance: Span<Float>?, into blocks: inout MutableRawSpan
  ) {
    let count = blockCount(
      bytes: blocks.byteCount, values: values.count, importance: importance)
    var encoder = LatticeEncoder(
      LatticeKind(
        tables: .iq2XXS, units: 4, signs: .even, step: 0.125, highest: 15, reach: 3))
    for block in 0..<count {
      encoder.encode(values, importance: importance, at: 256 * block)
      let stored = encoder.stored
      let base = block * 66
      blocks.store(half: stored.d, at: base)
      for j in 0..<8 {
        var packed = UInt32(stored.scales[j]) << 28
        for k in 0..<4 {
          blocks.store(UInt8(stored.points[4 * j + k]), at: base + 2 + 8 * j + k)
          packed |= (stored.signs[4 * j + k] & 127) << UInt32(7 * k)
        }
        blocks.store(doubleWord: packed, at: base + 6 + 8 * j)
      }
    }
  }
}
