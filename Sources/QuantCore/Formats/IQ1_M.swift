/// 1.75 bits, blocks of 256 in sixteen sub-blocks of 16, each with a scale of 3 bits. Eight ternary
/// values, with a shift, are one of 2048 points: `value = d * (2 * s + 1) * (point[q][i] + shift)`.
///
/// ```
/// byte  0               32           48                   56
///       | ql: 32 bytes  | qh: 32 x 4 | four times: s, d   |
///
/// ql   8 bits   the lower bits of the point of each group of 8
/// qh   4 bits   two in a byte, bits 3..0 first. Bits 2..0: the upper bits of a point;
///               bit 3: the shift is -1/8 where set, 1/8 where not
/// s    uint16   bits 11..0: the scales of four sub-blocks;
/// d             bits 15..12: four bits of a half, the lowest four first
/// ```
public enum IQ1_M: TensorFormat {
  /// ``TensorType/iq1M``.
  public static var type: TensorType { .iq1M }

  /// The scales.
  public static var multibyteFields: [BlockField] {
    [BlockField(offset: 48, width: 2, count: 4)]
  }

  /// Turns blocks into values. See ``TensorFormat/decode(_:into:)``.
  public static func decode(_ blocks: RawSpan, into values: inout MutableSpan<Float>) {
    let count = blockCount(bytes: blocks.byteCount, values: values.count)
    let points = IQ1Codebook.lattice.points
    for block in 0..<count {
      let base = block * 56
      var half: UInt16 = 0
      for k in 0..<4 { half |= (blocks.word(base + 48 + 2 * k) >> 12) << UInt16(4 * k) }
      let d = HalfPrecision.float(half)
      for group in 0..<32 {
        let s = blocks.word(base + 48 + 2 * (group / 8)) >> UInt16(3 * (group / 2 % 4)) & 7
        let scale = d * Float(2 * s + 1)
        let high = Int(blocks.byte(base + 32 + group / 2) >> UInt8(4 * (group % 2)) & 15)
        let shifted =
          points[Int(blocks.byte(base + group)) | (high & 7) << 8] + IQ1_S.shifts[high >> 3]
        for i in 0..<8 {
          values[unchecked: 256 * block + 8 * group + i] = scale * shifted[i]
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
        tables: .iq1, units: 2, signs: .inPoints, shifts: .ofUnit, step: 1, highest: 7, reach: 3))
    for block in 0..<count {
      encoder.encode(values, importance: importance, at: 256 * block)
      let stored = encoder.stored
      let base = block * 56
      for j in 0..<16 {
        var high = 0
        for k in 0..<2 {
          let point = stored.points[2 * j + k]
          blocks.store(UInt8(point & 255), at: base + 2 * j + k)
          high |= (point >> 8 | stored.shifts[2 * j + k] << 3) << (4 * k)
        }
        blocks.store(UInt8(high), at: base + 32 + j)
      }
      let half = HalfPrecision.bits(stored.d)
      for k in 0..<4 {
        var word = (half >> UInt16(4 * k)) << 12
        for j in 0..<4 { word |= UInt16(stored.scales[4 * k + j]) << UInt16(3 * j) }
        blocks.store(word: word, at: base + 48 + 2 * k)
      }
    }
  }
}
