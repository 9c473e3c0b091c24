/// 3 bits, blocks of 256 in sixteen sub-blocks of 16, each with a scale of 6 bits:
/// `value = (d * (s - 32)) * (q - 4)`.
///
/// ```
/// byte  0              32                      96            108   110
///       | qh: 32 bytes | ql: twice 32 bytes    | s: 12 bytes |  d  |
///
/// d    half     what the scales multiply
/// s    6 bits   0 ... 63. Scale j has its lower 4 bits in byte j % 8 of s, bits 3..0 for the
///               first eight and bits 7..4 for the others, and its upper 2 bits in byte
///               8 + j % 4, at bit 2 * (j / 4)
/// ql   2 bits   the lower bits; of each 32 bytes, which are 128 values, bits 1..0 are the first
///               32 values, bits 3..2 the next, and so on
/// qh   1 bit    the highest bit; bit k of byte i belongs to value 32 * k + i
/// ```
public enum Q3_K: TensorFormat {
  /// ``TensorType/q3K``.
  public static var type: TensorType { .q3K }

  /// The scale of the block.
  public static var multibyteFields: [BlockField] { [BlockField(offset: 108, width: 2)] }

  /// Turns blocks into values. See ``TensorFormat/decode(_:into:)``.
  public static func decode(_ blocks: RawSpan, into values: inout MutableSpan<Float>) {
    let count = blockCount(bytes: blocks.byteCount, values: values.count)
    for block in 0..<count {
      let base = block * 110
      let d = blocks.half(base + 108)
      for j in 0..<16 {
        let low = blocks.byte(base + 96 + j % 8) >> UInt8(j / 8 * 4) & 15
        let high = blocks.byte(base + 104 + j % 4) >> UInt8(j / 4 * 2) & 3
        let scale = d * Float(Int32(low | high << 4) - 32)
        for i in 16 * j..<16 * j + 16 {
          let low = blocks.byte(base + 32 + i / 128 * 32 + i % 32) >> UInt8(i / 32 % 4 * 2) & 3
          let high = blocks.byte(base + i % 32) >> UInt8(i / 32) & 1
          values[unchecked: 256 * block + i] = scale * Float(Int32(low | high << 2) - 4)
        }
      }
    }
  }

  /// Turns values into blocks. See ``TensorFormat/encode(_:importance:into:)``.
  ///
  /// Finds a scale for each sub-block, stores the scales at 6 bits, and then improves the stored
  /// ones; see `SignedBlockEncoder`.
  public static func encode(
    _ values: Span<Float>, importance: Span<Float>?, into blocks: inout MutableRawSpan
  ) {
    let count = blockCount(
      bytes: blocks.byteCount, values: values.count, importance: importance)
    var input = BlockInput(size: 256)
    var encoder = SignedBlockEncoder(lowest: -4, lowestScale: -32)
    for block in 0..<count {
      input.load(values, importance: importance, at: 256 * block)
      encoder.encode(input)
      let q = encoder.levels
      let base = block * 110
      for i in 0..<32 {
        var high: UInt8 = 0
        for k in 0..<8 { high |= (q[32 * k + i] >> 2) << UInt8(k) }
        blocks.store(high, at: base + i)
        for half in 0..<2 {
          var low: UInt8 = 0
          for k in 0..<4 { low |= (q[128 * half + 32 * k + i] & 3) << UInt8(2 * k) }
          blocks.store(low, at: base + 32 + 32 * half + i)
        }
      }
      let scales = (0..<16).map { UInt8(encoder.scale($0) + 32) }
      for j in 0..<8 {
        blocks.store(scales[j] & 15 | (scales[j + 8] & 15) << 4, at: base + 96 + j)
      }
      for j in 0..<4 {
        var high: UInt8 = 0
        for k in 0..<4 { high |= (scales[4 * k + j] >> 4) << UInt8(2 * k) }
        blocks.store(high, at: base + 104 + j)
      }
      blocks.store(half: encoder.d, at: base + 108)
    }
  }
}
