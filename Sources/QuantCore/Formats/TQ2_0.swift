/// 2 bits for ternary values, blocks of 256 with one scale: `value = d * (q - 1)`.
///
/// ```
/// byte  0                      64    66
///       | q: twice 32 bytes    |  d  |
///
/// d    half     the scale
/// q    2 bits   0, 1 or 2; of each 32 bytes, which are 128 values, bits 1..0 are the first 32
///               values, bits 3..2 the next, and so on
/// ```
public enum TQ2_0: TensorFormat {
  /// ``TensorType/tq2_0``.
  public static var type: TensorType { .tq2_0 }

  /// The scale.
  public static var multibyteFields: [BlockField] { [BlockField(offset: 64, width: 2)] }

  /// Turns blocks into values. See ``TensorFormat/decode(_:into:)``.
  public static func decode(_ blocks: RawSpan, into values: inout MutableSpan<Float>) {
    let count = blockCount(bytes: blocks.byteCount, values: values.count)
    for block in 0..<count {
      let base = block * 66
      let d = blocks.half(base + 64)
      for i in 0..<256 {
        let q = blocks.byte(base + i / 128 * 32 + i % 32) >> UInt8(i / 32 % 4 * 2) & 3
        values[unchecked: 256 * block + i] = d * Float(Int32(q) - 1)
      }
    }
  }

  /// Turns values into blocks. See ``TensorFormat/encode(_:importance:into:)``.
  ///
  /// The scale is the largest magnitude, as the weights that this format is for are ternary already;
  /// importance is not used.
  public static func encode(
    _ values: Span<Float>, importance: Span<Float>?, into blocks: inout MutableRawSpan
  ) {
    let count = blockCount(
      bytes: blocks.byteCount, values: values.count, importance: importance)
    var encoder = TernaryBlockEncoder()
    for block in 0..<count {
      encoder.encode(values, at: 256 * block)
      let base = block * 66
      for i in 0..<64 {
        var byte: UInt8 = 0
        for k in 0..<4 {
          byte |= encoder.levels[i / 32 * 128 + 32 * k + i % 32] << UInt8(2 * k)
        }
        blocks.store(byte, at: base + i)
      }
      blocks.store(half: encoder.d, at: base + 64)
    }
  }
}
