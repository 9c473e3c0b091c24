/// 1 bit, blocks of 128 with one scale: `value = d` where the bit is set, `-d` where it is not.
///
/// ```
/// byte  0     2                 18
///       |  d  | q: 16 bytes     |
///
/// d    half    the scale
/// q    1 bit   value i is bit i % 8 of byte i / 8
/// ```
public enum Q1_0: TensorFormat {
  /// ``TensorType/q1_0``.
  public static var type: TensorType { .q1_0 }

  /// The scale.
  public static var multibyteFields: [BlockField] { [BlockField(offset: 0, width: 2)] }

  /// Turns blocks into values. See ``TensorFormat/decode(_:into:)``.
  public static func decode(_ blocks: RawSpan, into values: inout MutableSpan<Float>) {
    let count = blockCount(bytes: blocks.byteCount, values: values.count)
    for block in 0..<count {
      let base = block * 18
      let d = blocks.half(base)
      for i in 0..<128 {
        let isSet = blocks.byte(base + 2 + i / 8) >> UInt8(i % 8) & 1 == 1
        values[unchecked: 128 * block + i] = isSet ? d : -d
      }
    }
  }

  /// Turns values into blocks. See ``TensorFormat/encode(_:importance:into:)``.
  ///
  /// The (weighted) mean magnitude is the best scale.
  public static func encode(
    _ values: Span<Float>, importance: Span<Float>?, into blocks: inout MutableRawSpan
  ) {
    let count = blockCount(
      bytes: blocks.byteCount, values: values.count, importance: importance)
    var input = BlockInput(size: 128)
    for block in 0..<count {
      input.load(values, importance: importance, at: 128 * block)
      var (sum, sumOfWeights) = (Float(0), Float(0))
      for i in 0..<128 {
        sum += input.weights[i] * abs(input.values[i])
        sumOfWeights += input.weights[i]
      }
      let base = block * 18
      blocks.store(half: HalfPrecision.rounded(sum / sumOfWeights), at: base)
      for i in 0..<16 {
        var byte: UInt8 = 0
        for k in 0..<8 where input.values[8 * i + k] >= 0 { byte |= 1 << UInt8(k) }
        blocks.store(byte, at: base + 2 + i)
      }
    }
  }
}
