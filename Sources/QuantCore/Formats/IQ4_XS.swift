/// 4 bits, blocks of 256 in eight sub-blocks of 32, each with a scale of 6 bits, and the uneven
/// levels of ``IQ4_NL``: `value = (d * (s - 32)) * level[q]`.
///
/// ```
/// byte  0     2      4           8                        136
///       |  d  |  sh  | sl: 8 x 4 | q: eight times 16 bytes |
///
/// d    half     what the scales multiply
/// sl   4 bits   the lower bits of the scales, two in a byte, bits 3..0 first
/// sh   uint16   the upper 2 bits of scale j, at bit 2 * j
/// q    4 bits   0 ... 15; the low halves of 16 bytes are the first 16 values of a sub-block
/// ```
public enum IQ4_XS: TensorFormat {
  /// ``TensorType/iq4XS``.
  public static var type: TensorType { .iq4XS }

  /// The scale of the block and the upper bits of the scales.
  public static var multibyteFields: [BlockField] {
    [BlockField(offset: 0, width: 2, count: 2)]
  }

  /// Turns blocks into values. See ``TensorFormat/decode(_:into:)``.
  public static func decode(_ blocks: RawSpan, into values: inout MutableSpan<Float>) {
    let count = blockCount(bytes: blocks.byteCount, values: values.count)
    let levels = IQ4_NL.levels.levels
    for block in 0..<count {
      let base = block * 136
      let d = blocks.half(base)
      let high = blocks.word(base + 2)
      for j in 0..<8 {
        let low = blocks.byte(base + 4 + j / 2) >> UInt8(4 * (j % 2)) & 15
        let packed = UInt16(low) | (high >> UInt16(2 * j) & 3) << 4
        let scale = d * Float(Int32(packed) - 32)
        let first = 256 * block + 32 * j
        for i in 0..<16 {
          let byte = blocks.byte(base + 8 + 16 * j + i)
          values[unchecked: first + i] = scale * levels[Int(byte & 15)]
          values[unchecked: first + 16 + i] = scale * levels[Int(byte >> 4)]
        }
      }
    }
  }

  /// Turns values into blocks. See ``TensorFormat/encode(_:importance:into:)``.
  ///
  /// Finds a scale for each sub-block and a unit that suits all; see `UnevenBlockEncoder`.
  public static func encode(
    _ values: Span<Float>, importance: Span<Float>?, into blocks: inout MutableRawSpan
  ) {
    let count = blockCount(
      bytes: blocks.byteCount, values: values.count, importance: importance)
    var input = BlockInput(size: 256)
    let levels = IQ4_NL.levels
    let encoder = UnevenBlockEncoder(levels: levels)
    for block in 0..<count {
      input.load(values, importance: importance, at: 256 * block)
      let numbers = encoder.encode(input)
      let base = block * 136
      blocks.store(half: numbers.d, at: base)
      let scales = numbers.scales.map { UInt16($0 + 32) }
      var high: UInt16 = 0
      for j in 0..<8 {
        high |= (scales[j] >> 4) << UInt16(2 * j)
        let scale = numbers.d * Float(numbers.scales[j])
        for i in 32 * j..<32 * j + 16 {
          let low = levels.index(of: input.values[i], scale: scale)
          let high = levels.index(of: input.values[16 + i], scale: scale)
          blocks.store(UInt8(low | high << 4), at: base + 8 + 16 * j + i % 32)
        }
      }
      blocks.store(word: high, at: base + 2)
      for j in 0..<4 {
        blocks.store(
          UInt8(scales[2 * j] & 15 | (scales[2 * j + 1] & 15) << 4), at: base + 4 + j)
      }
    }
  }
}
