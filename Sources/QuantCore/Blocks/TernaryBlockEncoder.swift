/// Encodes 256 values as -1, 0 or 1 times the largest magnitude.
struct TernaryBlockEncoder {
  /// The scale.
  private(set) var d: Float = 0
  /// The levels: 0, 1 or 2.
  private(set) var levels = [UInt8](repeating: 1, count: 256)

  private var input = BlockInput(size: 256)

  /// Encodes the block that starts at `start`.
  mutating func encode(_ values: Span<Float>, at start: Int) {
    input.load(values, importance: nil, at: start)
    let largest = input.values.reduce(0) { max($0, abs($1)) }
    let inverse = largest >= .leastNormalMagnitude ? 1 / largest : 0
    for i in 0..<256 {
      // Halves round away from zero.
      let scaled = input.values[i] * inverse
      levels[i] = scaled >= 0.5 ? 2 : scaled <= -0.5 ? 0 : 1
    }
    d = HalfPrecision.rounded(largest)
  }
}
