/// 4-bit floating point (E2M1), blocks of 64 in four sub-blocks of 16, each with an 8-bit
/// floating-point scale: `value = s / 2 * level[q]`.
///
/// ```
/// byte  0               4                          36
///       | s0 s1 s2 s3   | q: four times 8 bytes    |
///
/// s    8 bits   `E4M3` without a sign
/// q    4 bits   the number of a level; the low halves of 8 bytes are the first 8 values of a
///               sub-block
/// ```
///
/// The levels are `E2M1` numbers, doubled. The largest value is 2688; a larger tensor needs a scale
/// of its own.
public enum NVFP4: TensorFormat {
  /// ``TensorType/nvfp4``.
  public static var type: TensorType { .nvfp4 }

  /// None.
  public static var multibyteFields: [BlockField] { [] }

  /// Turns blocks into values. See ``TensorFormat/decode(_:into:)``.
  public static func decode(_ blocks: RawSpan, into values: inout MutableSpan<Float>) {
    let count = blockCount(bytes: blocks.byteCount, values: values.count)
    for block in 0..<count {
      let base = block * 36
      for j in 0..<4 {
        let d = E4M3.value(blocks.byte(base + j)) * 0.5
        let first = 64 * block + 16 * j
        for i in 0..<8 {
          let byte = blocks.byte(base + 4 + 8 * j + i)
          values[unchecked: first + i] = d * E2M1.doubled[Int(byte & 15)]
          values[unchecked: first + 8 + i] = d * E2M1.doubled[Int(byte >> 4)]
        }
      }
    }
  }

  /// Turns values into blocks. See ``TensorFormat/encode(_:importance:into:)``.
  ///
  /// Tries all scales that may be the best: those around the largest magnitude over 6.
  public static func encode(
    _ values: Span<Float>, importance: Span<Float>?, into blocks: inout MutableRawSpan
  ) {
    let count = blockCount(
      bytes: blocks.byteCount, values: values.count, importance: importance)
    var input = BlockInput(size: 64)
    for block in 0..<count {
      input.load(values, importance: importance, at: 64 * block)
      let base = block * 36
      for j in 0..<4 {
        let scale = scale(input, subBlock: j)
        let d = E4M3.value(scale) * 0.5
        blocks.store(scale, at: base + j)
        for i in 16 * j..<16 * j + 8 {
          let low = E2M1.nearest(input.values[i], scale: d)
          let high = E2M1.nearest(input.values[8 + i], scale: d)
          blocks.store(low | high << 4, at: base + 4 + 8 * j + i % 16)
        }
      }
    }
  }

  /// The scale with the least weighted squared error.
  private static func scale(_ input: BlockInput, subBlock j: Int) -> UInt8 {
    let part = 16 * j..<16 * j + 16
    let largest = input.values[part].reduce(0) { max($0, abs($1)) }
    // Eight steps double a scale; beyond that the levels are too far apart.
    let first = min(max(Int(E4M3.nearest(largest / 6)) - 8, 0), Int(E4M3.highest) - 15)
    var best: UInt8 = 0
    var bestError = Float.infinity
    for candidate in first..<first + 16 {
      let d = E4M3.value(UInt8(candidate)) * 0.5
      var error: Float = 0
      for i in part {
        let stored = d * E2M1.doubled[Int(E2M1.nearest(input.values[i], scale: d))]
        let difference = input.values[i] - stored
        error += input.weights[i] * difference * difference
      }
      if error < bestError {
        bestError = error
        best = UInt8(candidate)
      }
    }
    return best
  }
}
