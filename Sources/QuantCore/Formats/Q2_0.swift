/// 2 bits, blocks of 64 with one scale: `value = d * (q - 1)`.
///
/// ```
/// byte  0     2                 18
///       |  d  | q: 16 bytes     |
///
/// d    half     the scale, of either sign
/// q    2 bits   0 ... 3; value i is at bit 2 * (i % 4) of byte i / 4
/// ```
public enum Q2_0: TensorFormat {
  /// ``TensorType/q2_0``.
  public static var type: TensorType { .q2_0 }

  /// The scale.
  public static var multibyteFields: [BlockField] { [BlockField(offset: 0, width: 2)] }

  /// Turns blocks into values. See ``TensorFormat/decode(_:into:)``.
  public static func decode(_ blocks: RawSpan, into values: inout MutableSpan<Float>) {
    let count = blockCount(bytes: blocks.byteCount, values: values.count)
    for block in 0..<count {
      let base = block * 18
      let d = blocks.half(base)
      for i in 0..<64 {
        let q = blocks.byte(base + 2 + i / 4) >> UInt8(2 * (i % 4)) & 3
        values[unchecked: 64 * block + i] = d * Float(Int32(q) - 1)
      }
    }
  }

  /// Turns values into blocks. See ``TensorFormat/encode(_:importance:into:)``.
  ///
  /// Tries scales of either sign, for the value of the largest magnitude may be worth less than
  /// those of all others, and fits each of them (`sum(w x l) / sum(w l l)`).
  public static func encode(
    _ values: Span<Float>, importance: Span<Float>?, into blocks: inout MutableRawSpan
  ) {
    let count = blockCount(
      bytes: blocks.byteCount, values: values.count, importance: importance)
    var input = BlockInput(size: 64)
    for block in 0..<count {
      input.load(values, importance: importance, at: 64 * block)
      let d = HalfPrecision.unit(scale(input))
      let inverse = d == 0 ? 0 : 1 / d
      let base = block * 18
      blocks.store(half: d, at: base)
      for i in 0..<16 {
        var byte: UInt8 = 0
        for k in 0..<4 {
          let scaled = input.values[4 * i + k] * inverse
          let level: UInt8 = scaled > 1.5 ? 3 : scaled > 0.5 ? 2 : scaled > -0.5 ? 1 : 0
          byte |= level << UInt8(2 * k)
        }
        blocks.store(byte, at: base + 2 + i)
      }
    }
  }

  /// What the largest magnitude becomes, in units of the scale.
  private static let starts: [Float] = [1, 1.3, 1.6, 1.9, 2.3, 2.8, 3.5, 4.5]

  /// The scale with the least weighted squared error, not rounded.
  private static func scale(_ input: BlockInput) -> Float {
    let largest = input.values.reduce(0) { max($0, abs($1)) }
    guard largest >= 0x1p-100 else { return 0 }
    var (best, bestGain) = (Float(0), Float(0))
    for start in starts + starts.map({ -$0 }) {
      let inverse = start / largest
      var (match, energy) = (Float(0), Float(0))
      for i in 0..<64 {
        let x = input.values[i]
        let level = Float(nearestLevel(x * inverse, from: -1, through: 2))
        let weighted = input.weights[i] * level
        match += weighted * x
        energy += weighted * level
      }
      let scale = match / energy
      if scale * match > bestGain {
        bestGain = scale * match
        best = scale
      }
    }
    return best
  }
}
