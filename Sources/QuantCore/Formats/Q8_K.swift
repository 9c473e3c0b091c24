/// 8 bits, blocks of 256 with a scale and sums of 16: `value = d * q`. An operand of dot products.
///
/// ```
/// byte  0       4                        260                    292
///       |   d   |  q0  q1  ...  q255     |  s0  s1  ...  s15    |
///
/// d    float   the scale
/// q    int8    -127 ... 127
/// s    int16   the sum of sixteen q
/// ```
public enum Q8_K: TensorFormat {
  /// ``TensorType/q8K``.
  public static var type: TensorType { .q8K }

  /// The scale and the sums.
  public static var multibyteFields: [BlockField] {
    [BlockField(offset: 0, width: 4), BlockField(offset: 260, width: 2, count: 16)]
  }

  /// Turns blocks into values. See ``TensorFormat/decode(_:into:)``.
  public static func decode(_ blocks: RawSpan, into values: inout MutableSpan<Float>) {
    let count = blockCount(bytes: blocks.byteCount, values: values.count)
    for block in 0..<count {
      let base = block * 292
      let d = Float(bitPattern: blocks.doubleWord(base))
      for i in 0..<256 {
        values[unchecked: 256 * block + i] = d * Float(blocks.signedByte(base + 4 + i))
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
    var input = BlockInput(size: 256)
    for block in 0..<count {
      let base = block * 292
      input.load(values, importance: nil, at: 256 * block)
      let largest = input.values.reduce(0) { max($0, abs($1)) }
      let d = largest / 127
      let inverse = d >= .leastNormalMagnitude ? 1 / d : 0
      blocks.store(doubleWord: d.bitPattern, at: base)
      for j in 0..<16 {
        var sum: Int16 = 0
        for i in 16 * j..<16 * j + 16 {
          let q = nearestLevel(input.values[i] * inverse, from: -127, through: 127)
          blocks.store(UInt8(truncatingIfNeeded: q), at: base + 4 + i)
          sum += Int16(q)
        }
        blocks.store(integer: sum, at: base + 260 + 2 * j)
      }
    }
  }
}
