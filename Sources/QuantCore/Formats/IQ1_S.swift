/// 1.56 bits, blocks of 256 in eight sub-blocks of 32, each with a scale of 3 bits and a shift. Eight
/// ternary values are one of 2048 points: `value = d * (2 * s + 1) * (point[q][i] + shift)`.
///
/// ```
/// byte  0     2               34                  50
///       |  d  | ql: 32 bytes  | eight times: qh   |
///
/// d    half     what the scales multiply
/// ql   8 bits   the lower bits of the point of each group of 8
/// qh   uint16   bits 11..0: the upper 3 bits of the points of the four groups of a sub-block;
///               bits 14..12: the scale s; bit 15: the shift is -1/8 where set, 1/8 where not
/// ```
public enum IQ1_S: TensorFormat {
  /// ``TensorType/iq1S``.
  public static var type: TensorType { .iq1S }

  /// The scale, and the upper bits of each sub-block.
  public static var multibyteFields: [BlockField] {
    [BlockField(offset: 0, width: 2), BlockField(offset: 34, width: 2, count: 8)]
  }

  /// Turns blocks into values. See ``TensorFormat/decode(_:into:)``.
  public static func decode(_ blocks: RawSpan, into values: inout MutableSpan<Float>) {
    let count = blockCount(bytes: blocks.byteCount, values: values.count)
    let points = IQ1Codebook.lattice.points
    for block in 0..<count {
      let base = block * 50
      let d = blocks.half(base)
      for group in 0..<32 {
        let high = blocks.word(base + 34 + 2 * (group / 4))
        let upper = Int(high >> UInt16(3 * (group % 4)) & 7)
        let scale = d * Float(2 * (high >> 12 & 7) + 1)
        let shifted =
          points[Int(blocks.byte(base + 2 + group)) | upper << 8]
          + shifts[Int(high >> 15)]
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
        tables: .iq1, units: 4, signs: .inPoints, shifts: .ofSubBlock, step: 1, highest: 7, reach: 3
      ))
    for block in 0..<count {
      encoder.encode(values, importance: importance, at: 256 * block)
      let stored = encoder.stored
      let base = block * 50
      blocks.store(half: stored.d, at: base)
      for j in 0..<8 {
        var high = stored.scales[j] << 12 | stored.shifts[4 * j] << 15
        for k in 0..<4 {
          let point = stored.points[4 * j + k]
          blocks.store(UInt8(point & 255), at: base + 2 + 4 * j + k)
          high |= (point >> 8) << (3 * k)
        }
        blocks.store(word: UInt16(high), at: base + 34 + 2 * j)
      }
    }
  }

  /// What is added to the ternary values.
  static let shifts: [Float] = [0.125, -0.125]
}
