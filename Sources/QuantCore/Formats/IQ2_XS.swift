/// 2.31 bits, blocks of 256 in sixteen sub-blocks of 16, each with a scale of 4 bits. Eight magnitudes
/// are one of 512 points: `value = d * (s + 0.5) / 4 * sign * point[q][i]`.
///
/// ```
/// byte  0     2                         66           74
///       |  d  | 32 times: signs and q   | s: 16 x 4  |
///
/// d      half     what the scales multiply
/// q      uint16   bits 8..0: the point of a group of 8;
/// signs           bits 15..9: seven signs, of which `SignPatterns` makes eight
/// s      4 bits   the scales, two in a byte, bits 3..0 first
/// ```
public enum IQ2_XS: TensorFormat {
  /// ``TensorType/iq2XS``.
  public static var type: TensorType { .iq2XS }

  /// The scale and the points.
  public static var multibyteFields: [BlockField] {
    [BlockField(offset: 0, width: 2, count: 33)]
  }

  /// Turns blocks into values. See ``TensorFormat/decode(_:into:)``.
  public static func decode(_ blocks: RawSpan, into values: inout MutableSpan<Float>) {
    let count = blockCount(bytes: blocks.byteCount, values: values.count)
    let codebook = IQ2XSCodebook.lattice
    for block in 0..<count {
      let base = block * 74
      let d = blocks.half(base)
      for group in 0..<32 {
        let s = blocks.byte(base + 66 + group / 4) >> UInt8(4 * (group / 2 % 2)) & 15
        let packed = UInt32(blocks.word(base + 2 + 2 * group))
        codebook.decode(
          Int(packed & 511), scale: d * (Float(s) + 0.5) * 0.25,
          signs: SignPatterns.complete(packed >> 9), from: 0, into: &values,
          at: 256 * block + 8 * group)
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
        tables: .iq2XS, units: 2, signs: .even, step: 0.125, highest: 15, reach: 3))
    for block in 0..<count {
      encoder.encode(values, importance: importance, at: 256 * block)
      let stored = encoder.stored
      let base = block * 74
      blocks.store(half: stored.d, at: base)
      for unit in 0..<32 {
        let packed = UInt16(stored.points[unit]) | UInt16(stored.signs[unit] & 127) << 9
        blocks.store(word: packed, at: base + 2 + 2 * unit)
      }
      for j in 0..<8 {
        let (low, high) = (stored.scales[2 * j], stored.scales[2 * j + 1])
        blocks.store(UInt8(low | high << 4), at: base + 66 + j)
      }
    }
  }
}
