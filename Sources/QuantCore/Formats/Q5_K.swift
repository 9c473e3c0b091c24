/// 5 bits, blocks of 256 in eight sub-blocks of 32, each with a scale and a minimum of 6 bits:
/// `value = (d * s) * q - (dmin * m)`.
///
/// ```
/// byte  0     2       4          16             48                        176
///       |  d  | dmin  | s and m  | qh: 32 bytes | ql: four times 32 bytes |
///
/// d     half      what the eight scales s multiply
/// dmin  half      what the eight minimums m multiply
/// s, m  6 bits    0 ... 63, packed as `SixBitScales` draws
/// ql    4 bits    the lower bits; of the k-th 32 bytes, bits 3..0 are the values of sub-block 2k,
///                 bits 7..4 those of sub-block 2k + 1
/// qh    1 bit     the highest bit; bit j of byte i belongs to value i of sub-block j
/// ```
public enum Q5_K: TensorFormat {
  /// ``TensorType/q5K``.
  public static var type: TensorType { .q5K }

  /// The two scales of the block.
  public static var multibyteFields: [BlockField] { [BlockField(offset: 0, width: 2, count: 2)] }

  /// Turns blocks into values. See ``TensorFormat/decode(_:into:)``.
  public static func decode(_ blocks: RawSpan, into values: inout MutableSpan<Float>) {
    let count = blockCount(bytes: blocks.byteCount, values: values.count)
    for block in 0..<count {
      let base = block * 176
      let d = blocks.half(base)
      let dmin = blocks.half(base + 2)
      for j in 0..<8 {
        let numbers = SixBitScales.load(blocks, at: base + 4, index: j)
        let scale = d * Float(numbers.scale)
        let minimum = dmin * Float(numbers.minimum)
        for i in 0..<32 {
          let low = blocks.byte(base + 48 + 32 * (j / 2) + i) >> UInt8(4 * (j % 2)) & 15
          let high = blocks.byte(base + 16 + i) >> UInt8(j) & 1
          values[unchecked: 256 * block + 32 * j + i] = scale * Float(low | high << 4) - minimum
        }
      }
    }
  }

  /// Turns values into blocks. See ``TensorFormat/encode(_:importance:into:)``.
  ///
  /// Finds a line for each sub-block, stores the lines at 6 bits, and then improves the stored
  /// ones; see `AffineBlockEncoder`.
  public static func encode(
    _ values: Span<Float>, importance: Span<Float>?, into blocks: inout MutableRawSpan
  ) {
    let count = blockCount(
      bytes: blocks.byteCount, values: values.count, importance: importance)
    var input = BlockInput(size: 256)
    var encoder = AffineBlockEncoder(highest: 31)
    for block in 0..<count {
      input.load(values, importance: importance, at: 256 * block)
      encoder.encode(input)
      let base = block * 176
      blocks.store(half: encoder.numbers.d, at: base)
      blocks.store(half: encoder.numbers.dmin, at: base + 2)
      SixBitScales.store(
        scales: encoder.scales, minimums: encoder.minimums, into: &blocks,
        at: base + 4)
      for i in 0..<32 {
        var high: UInt8 = 0
        for pair in 0..<4 {
          let even = encoder.levels[64 * pair + i]
          let odd = encoder.levels[64 * pair + 32 + i]
          blocks.store(even & 15 | (odd & 15) << 4, at: base + 48 + 32 * pair + i)
          high |= (even >> 4 | (odd >> 4) << 1) << UInt8(2 * pair)
        }
        blocks.store(high, at: base + 16 + i)
      }
    }
  }
}
