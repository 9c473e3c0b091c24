/// 3.44 bits, blocks of 256 in eight sub-blocks of 32, each with a scale of 4 bits. Four magnitudes
/// are one of 512 points: `value = d * (2 * s + 1) * sign * point[q][i]`.
///
/// ```
/// byte  0     2               66            74              106         110
///       |  d  | ql: 64 bytes  | qh: 64 x 1  | signs: 32 x 8 | s: 8 x 4  |
///
/// d      half     what the scales multiply
/// ql     8 bits   the lower bits of the point of each group of 4
/// qh     1 bit    their highest bits, that of group g in bit g % 8 of byte g / 8
/// signs  8 bits   bit i is set where value i of eight is negative
/// s      4 bits   the scales, two in a byte, bits 3..0 first
/// ```
public enum IQ3_S: TensorFormat {
  /// ``TensorType/iq3S``.
  public static var type: TensorType { .iq3S }

  /// The scale.
  public static var multibyteFields: [BlockField] { [BlockField(offset: 0, width: 2)] }

  /// Turns blocks into values. See ``TensorFormat/decode(_:into:)``.
  public static func decode(_ blocks: RawSpan, into values: inout MutableSpan<Float>) {
    let count = blockCount(bytes: blocks.byteCount, values: values.count)
    let codebook = IQ3SCodebook.lattice
    for block in 0..<count {
      let base = block * 110
      let d = blocks.half(base)
      for group in 0..<64 {
        let s = blocks.byte(base + 106 + group / 16) >> UInt8(4 * (group / 8 % 2)) & 15
        let high = blocks.byte(base + 66 + group / 8) >> UInt8(group % 8) & 1
        codebook.decode(
          Int(blocks.byte(base + 2 + group)) | Int(high) << 8, scale: d * Float(2 * s + 1),
          signs: UInt32(blocks.byte(base + 74 + group / 2)), from: 4 * (group % 2),
          into: &values, at: 256 * block + 4 * group)
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
        tables: .iq3S, units: 4, signs: .all, step: 1, highest: 15, reach: 5))
    for block in 0..<count {
      encoder.encode(values, importance: importance, at: 256 * block)
      let stored = encoder.stored
      let base = block * 110
      blocks.store(half: stored.d, at: base)
      for group in 0..<64 {
        blocks.store(UInt8(stored.points[group] & 255), at: base + 2 + group)
      }
      for unit in 0..<32 {
        blocks.store(UInt8(stored.signs[unit]), at: base + 74 + unit)
      }
      for j in 0..<8 {
        let high = (0..<8).reduce(0) { $0 | (stored.points[8 * j + $1] >> 8) << $1 }
        blocks.store(UInt8(high), at: base + 66 + j)
      }
      for j in 0..<4 {
        let (even, odd) = (stored.scales[2 * j], stored.scales[2 * j + 1])
        blocks.store(UInt8(even | odd << 4), at: base + 106 + j)
      }
    }
  }
}
