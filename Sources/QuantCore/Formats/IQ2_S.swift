/// 2.56 bits, blocks of 256 in sixteen sub-blocks of 16, each with a scale of 4 bits. Eight magnitudes
/// are one of 1024 points: `value = d * (s + 0.5) / 4 * sign * point[q][i]`.
///
/// ```
/// byte  0     2               34              66          74           82
///       |  d  | ql: 32 bytes  | signs: 32 x 8 | qh: 32 x 2| s: 16 x 4  |
///
/// d      half     what the scales multiply
/// ql     8 bits   the lower bits of the point of each group of 8
/// signs  8 bits   bit i is set where value i of a group is negative
/// qh     2 bits   the upper bits of the points, four in a byte, bits 1..0 first
/// s      4 bits   the scales, two in a byte, bits 3..0 first
/// ```
public enum IQ2_S: TensorFormat {
  /// ``TensorType/iq2S``.
  public static var type: TensorType { .iq2S }

  /// The scale.
  public static var multibyteFields: [BlockField] { [BlockField(offset: 0, width: 2)] }

  /// Turns blocks into values. See ``TensorFormat/decode(_:into:)``.
  public static func decode(_ blocks: RawSpan, into values: inout MutableSpan<Float>) {
    let count = blockCount(bytes: blocks.byteCount, values: values.count)
    let codebook = IQ2SCodebook.lattice
    for block in 0..<count {
      let base = block * 82
      let d = blocks.half(base)
      for group in 0..<32 {
        let s = blocks.byte(base + 74 + group / 4) >> UInt8(4 * (group / 2 % 2)) & 15
        let high = blocks.byte(base + 66 + group / 4) >> UInt8(2 * (group % 4)) & 3
        codebook.decode(
          Int(blocks.byte(base + 2 + group)) | Int(high) << 8,
          scale: d * (Float(s) + 0.5) * 0.25, signs: UInt32(blocks.byte(base + 34 + group)),
          from: 0, into: &values, at: 256 * block + 8 * group)
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
        tables: .iq2S, units: 2, signs: .all, step: 0.125, highest: 15, reach: 3))
    for block in 0..<count {
      encoder.encode(values, importance: importance, at: 256 * block)
      let stored = encoder.stored
      let base = block * 82
      blocks.store(half: stored.d, at: base)
      for unit in 0..<32 {
        blocks.store(UInt8(stored.points[unit] & 255), at: base + 2 + unit)
        blocks.store(UInt8(stored.signs[unit]), at: base + 34 + unit)
      }
      for j in 0..<8 {
        let high = (0..<4).reduce(0) { $0 | (stored.points[4 * j + $1] >> 8) << (2 * $1) }
        blocks.store(UInt8(high), at: base + 66 + j)
        let (even, odd) = (stored.scales[2 * j], stored.scales[2 * j + 1])
        blocks.store(UInt8(even | odd << 4), at: base + 74 + j)
      }
    }
  }
}
