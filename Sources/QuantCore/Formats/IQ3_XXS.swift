/// 3.06 bits, blocks of 256 in eight sub-blocks of 32, each with a scale of 4 bits. Four magnitudes
/// are one of 256 points: `value = d * (s + 0.5) / 2 * sign * point[q][i]`.
///
/// ```
/// byte  0     2               66                        98
///       |  d  | q: 64 bytes   | eight times: signs, s   |
///
/// d      half     what the scales multiply
/// q      uint8    the point of each group of 4
/// signs  uint32   bits 27..0: seven signs for each 8 values of a sub-block, of which
///                 `SignPatterns` makes eight;
/// s               bits 31..28: the scale
/// ```
public enum IQ3_XXS: TensorFormat {
  /// ``TensorType/iq3XXS``.
  public static var type: TensorType { .iq3XXS }

  /// The scale, and the signs of each sub-block.
  public static var multibyteFields: [BlockField] {
    [BlockField(offset: 0, width: 2), BlockField(offset: 66, width: 4, count: 8)]
  }

  /// Turns blocks into values. See ``TensorFormat/decode(_:into:)``.
  public static func decode(_ blocks: RawSpan, into values: inout MutableSpan<Float>) {
    let count = blockCount(bytes: blocks.byteCount, values: values.count)
    let codebook = IQ3XXSCodebook.lattice
    for block in 0..<count {
      let base = block * 98
      let d = blocks.half(base)
      for unit in 0..<32 {
        let packed = blocks.doubleWord(base + 66 + 4 * (unit / 4))
        let scale = d * (Float(packed >> 28) + 0.5) * 0.5
        let signs = SignPatterns.complete(packed >> UInt32(7 * (unit % 4)))
        for group in 0..<2 {
          codebook.decode(
            Int(blocks.byte(base + 2 + 2 * unit + group)), scale: scale, signs: signs,
            from: 4 * group, into: &values, at: 256 * block + 8 * unit + 4 * group)
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
        tables: .iq3XXS, units: 4, signs: .even, step: 0.25, highest: 15, reach: 5))
    for block in 0..<count {
      encoder.encode(values, importance: importance, at: 256 * block)
      let stored = encoder.stored
      let base = block * 98
      blocks.store(half: stored.d, at: base)
      for group in 0..<64 {
        blocks.store(UInt8(stored.points[group]), at: base + 2 + group)
      }
      for j in 0..<8 {
        var packed = UInt32(stored.scales[j]) << 28
        for k in 0..<4 { packed |= (stored.signs[4 * j + k] & 127) << UInt32(7 * k) }
        blocks.store(doubleWord: packed, at: base + 66 + 4 * j)
      }
    }
  }
}
