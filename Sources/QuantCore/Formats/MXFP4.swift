/// 4-bit floating point (E2M1), blocks of 32 with a power of two: `value = 2^(e - 128) * level[q]`.
///
/// ```
/// byte  0   1                                   17
///       | e | q16 q0 | q17 q1 | ... | q31 q15   |
///             7..4 3..0
///
/// e    uint8    the exponent, with bias 127 for levels half as large as here
/// q    4 bits   the number of a level; the low halves of the bytes are the first 16 values
/// ```
///
/// The levels are `E2M1` numbers, doubled. Source: OCP Microscaling Formats (MX) 1.0.
public enum MXFP4: TensorFormat {
  /// ``TensorType/mxfp4``.
  public static var type: TensorType { .mxfp4 }

  /// None.
  public static var multibyteFields: [BlockField] { [] }

  /// Turns blocks into values. See ``TensorFormat/decode(_:into:)``.
  public static func decode(_ blocks: RawSpan, into values: inout MutableSpan<Float>) {
    let count = blockCount(bytes: blocks.byteCount, values: values.count)
    for block in 0..<count {
      let base = block * 17
      let first = block * 32
      let d = halfPower(blocks.byte(base))
      for i in 0..<16 {
        let byte = blocks.byte(base + 1 + i)
        values[unchecked: first + i] = d * E2M1.doubled[Int(byte & 15)]
        values[unchecked: first + 16 + i] = d * E2M1.doubled[Int(byte >> 4)]
      }
    }
  }

  /// Turns values into blocks. See ``TensorFormat/encode(_:importance:into:)``.
  ///
  /// The power of two is that of the largest magnitude, as the specification asks; importance is not
  /// used.
  public static func encode(
    _ values: Span<Float>, importance: Span<Float>?, into blocks: inout MutableRawSpan
  ) {
    let count = blockCount(
      bytes: blocks.byteCount, values: values.count, importance: importance)
    var input = BlockInput(size: 32)
    for block in 0..<count {
      input.load(values, importance: nil, at: 32 * block)
      let largest = input.values.reduce(0) { max($0, abs($1)) }
      // The highest level is 6, so its power of two is 2 above the scale's.
      let exponent = largest > 0 ? max(Int(largest.exponent) - 2 + 127, 0) : 0
      let d = halfPower(UInt8(exponent))
      let base = block * 17
      blocks.store(UInt8(exponent), at: base)
      for i in 0..<16 {
        let low = E2M1.nearest(input.values[i], scale: d)
        let high = E2M1.nearest(input.values[16 + i], scale: d)
        blocks.store(low | high << 4, at: base + 1 + i)
      }
    }
  }

  /// Half of 2^(e - 127).
  @inline(__always)
  private static func halfPower(_ e: UInt8) -> Float {
    // The two smallest are subnormal.
    Float(bitPattern: e < 2 ? 0x0020_0000 << UInt32(e) : UInt32(e - 1) << 23)
  }
}
