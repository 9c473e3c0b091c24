/// 2 bits, blocks of 256 in sixteen sub-blocks of 16, each with a scale and a minimum of 4 bits:
/// `value = (d * s) * q - (dmin * m)`.
///
/// ```
/// byte  0              16                     80    82      84
///       | m0 s0 ...    | q: twice 32 bytes    |  d  | dmin  |
///         7..4 3..0
///
/// d     half     what the sixteen scales s multiply
/// dmin  half     what the sixteen minimums m multiply
/// s, m  4 bits   0 ... 15
/// q     2 bits   0 ... 3; of each 32 bytes, which are 128 values, bits 1..0 are the first 32
///                values, bits 3..2 the next, and so on
/// ```
public enum Q2_K: TensorFormat {
  /// ``TensorType/q2K``.
  public static var type: TensorType { .q2K }

  /// The two scales of the block.
  public static var multibyteFields: [BlockField] {
    [BlockField(offset: 80, width: 2, count: 2)]
  }

  /// Turns blocks into values. See ``TensorFormat/decode(_:into:)``.
  public static func decode(_ blocks: RawSpan, into values: inout MutableSpan<Float>) {
    let count = blockCount(bytes: blocks.byteCount, values: values.count)
    for block in 0..<count {
      let base = block * 84
      let d = blocks.half(base + 80)
      let dmin = blocks.half(base + 82)
      for j in 0..<16 {
        let packed = blocks.byte(base + j)
        let scale = d * Float(packed & 15)
        let minimum = dmin * Float(packed >> 4)
        let first = base + 16 + 32 * (j / 8) + 16 * (j % 2)
        let shift = UInt8(2 * (j / 2 % 4))
        for i in 0..<16 {
          let q = blocks.byte(first + i) >> shift & 3
          values[unchecked: 256 * block + 16 * j + i] = scale * Float(q) - minimum
        }
      }
    }
  }

  /// Turns values into blocks. See ``TensorFormat/encode(_:importance:into:)``.
  ///
  /// Finds a line for each sub-block, stores the lines at 4 bits, and then improves the stored ones;
  /// see `AffineBlockEncoder`.
  public static func encode(
    _ values: Span<Float>, importance: Span<Float>?, into blocks: inout MutableRawSpan
  ) {
    let count = blockCount(
      bytes: blocks.byteCount, values: values.count, importance: importance)
    var input = BlockInput(size: 256)
    var encoder = AffineBlockEncoder(highest: 3, subBlocks: 16, highestScale: 15)
    for block in 0..<count {
      input.load(values, importance: importance, at: 256 * block)
      encoder.encode(input)
      let base = block * 84
      let (scales, minimums) = (encoder.scales, encoder.minimums)
      for j in 0..<16 { blocks.store(scales[j] | minimums[j] << 4, at: base + j) }
      for i in 0..<64 {
        var byte: UInt8 = 0
        for k in 0..<4 {
          byte |= encoder.levels[i / 32 * 128 + 32 * k + i % 32] << UInt8(2 * k)
        }
        blocks.store(byte, at: base + 16 + i)
      }
      blocks.store(half: encoder.numbers.d, at: base + 80)
      blocks.store(half: encoder.numbers.dmin, at: base + 82)
    }
  }
}
