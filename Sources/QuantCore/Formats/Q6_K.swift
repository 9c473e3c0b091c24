/// 6 bits, blocks of 256 in sixteen sub-blocks of 16, each with a scale of 8 bits:
/// `value = (d * s) * (q - 32)`.
///
/// ```
/// byte  0                    128             192        208   210
///       | ql: low 4 bits     | qh: high 2    | s0..s15  |  d  |
///
/// d   half    what the scales multiply
/// s   int8    -128 ... 127
/// q   6 bits  0 ... 63. Each half of the block, 128 values, has 64 bytes of ql and 32 of qh.
///             For i = 0 ... 31 of a half:
///               value i        ql[i]      bits 3..0   qh[i] bits 1..0
///               value i + 32   ql[i + 32] bits 3..0   qh[i] bits 3..2
///               value i + 64   ql[i]      bits 7..4   qh[i] bits 5..4
///               value i + 96   ql[i + 32] bits 7..4   qh[i] bits 7..6
/// ```
public enum Q6_K: TensorFormat {
  /// ``TensorType/q6K``.
  public static var type: TensorType { .q6K }

  /// The scale of the block.
  public static var multibyteFields: [BlockField] { [BlockField(offset: 208, width: 2)] }

  /// Turns blocks into values. See ``TensorFormat/decode(_:into:)``.
  public static func decode(_ blocks: RawSpan, into values: inout MutableSpan<Float>) {
    let count = blockCount(bytes: blocks.byteCount, values: values.count)
    for block in 0..<count {
      let base = block * 210
      let d = blocks.half(base + 208)
      for half in 0..<2 {
        let low = base + 64 * half
        let high = base + 128 + 32 * half
        let scales = base + 192 + 8 * half
        let first = 256 * block + 128 * half
        for group in 0..<2 {
          let s0 = d * Float(blocks.signedByte(scales + group))
          let s1 = d * Float(blocks.signedByte(scales + 2 + group))
          let s2 = d * Float(blocks.signedByte(scales + 4 + group))
          let s3 = d * Float(blocks.signedByte(scales + 6 + group))
          for i in 16 * group..<16 * group + 16 {
            let l0 = Int32(blocks.byte(low + i))
            let l1 = Int32(blocks.byte(low + 32 + i))
            let h = Int32(blocks.byte(high + i))
            values[unchecked: first + i] = s0 * Float((l0 & 15 | (h & 3) << 4) - 32)
            values[unchecked: first + 32 + i] = s1 * Float((l1 & 15 | ((h >> 2) & 3) << 4) - 32)
            values[unchecked: first + 64 + i] = s2 * Float((l0 >> 4 | ((h >> 4) & 3) << 4) - 32)
            values[unchecked: first + 96 + i] = s3 * Float((l1 >> 4 | (h >> 6) << 4) - 32)
          }
        }
      }
    }
  }

  /// Turns values into blocks. See ``TensorFormat/encode(_:importance:into:)``.
  ///
  /// Finds a scale for each sub-block, stores the scales at 8 bits, and then improves the stored
  /// ones; see `SignedBlockEncoder`.
  public static func encode(
    _ values: Span<Float>, importance: Span<Float>?, into blocks: inout MutableRawSpan
  ) {
    let count = blockCount(
      bytes: blocks.byteCount, values: values.count, importance: importance)
    var input = BlockInput(size: 256)
    var encoder = SignedBlockEncoder(lowest: -32, lowestScale: -128)
    for block in 0..<count {
      input.load(values, importance: importance, at: 256 * block)
      encoder.encode(input)
      let q = encoder.levels
      let base = block * 210
      for half in 0..<2 {
        let first = 128 * half
        for i in 0..<32 {
          let q0 = q[first + i]
          let q1 = q[first + 32 + i]
          let q2 = q[first + 64 + i]
          let q3 = q[first + 96 + i]
          let low = base + 64 * half + i
          blocks.store(q0 & 15 | q2 << 4, at: low)
          blocks.store(q1 & 15 | q3 << 4, at: low + 32)
          let high = (q0 >> 4) | (q1 >> 4) << 2 | (q2 >> 4) << 4 | (q3 >> 4) << 6
          blocks.store(high, at: base + 128 + 32 * half + i)
        }
      }
      for j in 0..<16 {
        blocks.store(UInt8(truncatingIfNeeded: encoder.scale(j)), at: base + 192 + j)
      }
      blocks.store(half: encoder.d, at: base + 208)
    }
  }
}
