/// 4 bits, blocks of 256 in eight sub-blocks of 32, each with a scale and a minimum of 6 bits:
/// `value = (d * s) * q - (dmin * m)`.
///
/// ```
/// byte  0     2       4            16                          144
///       |  d  | dmin  | s and m    | q: four times 32 bytes    |
///
/// d     half      what the eight scales s multiply
/// dmin  half      what the eight minimums m multiply
/// s, m  6 bits    0 ... 63, packed as `SixBitScales` draws
/// q     4 bits    0 ... 15; of the k-th 32 bytes, bits 3..0 are the values of
///                 sub-block 2k, bits 7..4 those of sub-block 2k + 1
/// ```
public enum Q4_K: TensorFormat {
  /// ``TensorType/q4K``.
  public static var type: TensorType { .q4K }

  /// The two scales of the block.
  public static var multibyteFields: [BlockField] {
    [BlockField(offset: 0, width: 2, count: 2)]
  }

  /// Turns blocks into values. See ``TensorFormat/decode(_:into:)``.
  public static func decode(_ blocks: RawSpan, into values: inout MutableSpan<Float>) {
    let count = blockCount(bytes: blocks.byteCount, values: values.count)
    for block in 0..<count {
      let base = block * 144
      let d = blocks.half(base)
      let dmin = blocks.half(base + 2)
      for pair in 0..<4 {
        let low = SixBitScales.load(blocks, at: base + 4, index: 2 * pair)
        let high = SixBitScales.load(blocks, at: base + 4, index: 2 * pair + 1)
        let (lowScale, lowMinimum) = (d * Float(low.scale), dmin * Float(low.minimum))
        let (highScale, highMinimum) = (d * Float(high.scale), dmin * Float(high.minimum))
        let first = 256 * block + 64 * pair
        for i in 0..<32 {
          let byte = blocks.byte(base + 16 + 32 * pair + i)
          values[unchecked: first + i] = lowScale * Float(byte & 15) - lowMinimum
          values[unchecked: first + 32 + i] = highScale * Float(byte >> 4) - highMinimum
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
    var encoder = AffineBlockEncoder(highest: 15)
    for block in 0..<count {
      input.load(values, importance: importance, at: 256 * block)
      encoder.encode(input)
      let base = block * 144
      blocks.store(half: encoder.numbers.d, at: base)
      blocks.store(half: encoder.numbers.dmin, at: base + 2)
      SixBitScales.store(
        scales: encoder.scales, minimums: encoder.minimums, into: &blocks,
        at: base + 4)
      for pair in 0..<4 {
        for i in 0..<32 {
          let low = encoder.levels[64 * pair + i]
          let high = encoder.levels[64 * pair + 32 + i]
          blocks.store(low | high << 4, at: base + 16 + 32 * pair + i)
        }
      }
    }
  }
}
