/// 8 bits, blocks of 32 with a scale and a sum: `value = d * q`. An operand of dot products.
///
/// ```
/// byte  0     2     4                              36
///       |  d  |  s  |  q0  q1  q2  ...  q31        |
///
/// d    half   the scale
/// s    half   d times the sum of all q
/// q    int8   -127 ... 127
/// ```
public enum Q8_1: TensorFormat {
  /// ``TensorType/q8_1``.
  public static var type: TensorType { .q8_1 }

  /// The scale and the sum.
  public static var multibyteFields: [BlockField] { [BlockField(offset: 0, width: 2, count: 2)] }

  /// Turns blocks into values. See ``TensorFormat/decode(_:into:)``.
  public static func decode(_ blocks: RawSpan, into values: inout MutableSpan<Float>) {
    let count = blockCount(bytes: blocks.byteCount, values: values.count)
    for block in 0..<count {
      let base = block * 36
      let d = blocks.half(base)
      for i in 0..<32 {
        values[unchecked: 32 * block + i] = d * Float(blocks.signedByte(base + 4 + i))
      }
    }
  }

  /// Turns values into blocks. See ``TensorFormat/encode(_:importance:into:)``.
  ///
  /// The scale is the largest magnitude over 127; importance is not used.
  public static func encode(
    _ values: Span<Float>, importance: Span<Float>?, into blocks: inout MutableRawSpan
  ) {
    let count = blockCount(
      bytes: blocks.byteCount, values: values.count, importance: importance)
    var input = BlockInput(size: 32)
    for block in 0..<count {
      let base = block * 36
      input.load(values, importance: nil, at: 32 * block)
      let largest = input.values.reduce(0) { max($0, abs($1)) }
      let d = min(largest / 127, HalfPrecision.greatestFinite)
      let inverse = d >= .leastNormalMagnitude ? 1 / d : 0
      var sum: Int32 = 0
      for i in 0..<32 {
        let q = nearestLevel(input.values[i] * inverse, from: -127, through: 127)
        blocks.store(UInt8(truncatingIfNeeded: q), at: base + 4 + i)
        sum += q
      }
      blocks.store(half: d, at: base)
      blocks.store(half: HalfPrecision.rounded(d * Float(sum)), at: base + 2)
    }
  }
}
