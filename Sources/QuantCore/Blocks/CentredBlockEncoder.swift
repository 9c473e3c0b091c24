/// Encodes 32 values under one scale, with levels around zero.
struct CentredBlockEncoder {
  /// The scale.
  private(set) var d: Float = 0
  /// The levels, counted from the lowest.
  private(set) var levels = [UInt8](repeating: 0, count: 32)

  private let lowest: Int32
  private var input = BlockInput(size: 32)

  /// An encoder for levels from `lowest` to `-lowest - 1`.
  init(lowest: Int32) { self.lowest = lowest }

  /// Encodes the block that starts at `start`.
  mutating func encode(_ values: Span<Float>, importance: Span<Float>?, at start: Int) {
    input.load(values, importance: importance, at: start)
    if importance == nil { encodePlainly() } else { encodeWithSearch() }
  }

  private mutating func encodePlainly() {
    var extreme: Float = 0
    for value in input.values where abs(value) > abs(extreme) { extreme = value }
    d = extreme / Float(lowest)
    let inverse = d == 0 ? 0 : 1 / d
    let offset = Float(-lowest) + 0.5
    let highest = Float(-2 * lowest - 1)
    for i in 0..<32 {
      let shifted = input.values[i] * inverse + offset
      // A subnormal scale has an infinite inverse; the order of arguments makes NaN zero.
      levels[i] = UInt8(min(max(0, shifted), highest))
    }
    d = HalfPrecision.rounded(d)
  }

  private mutating func encodeWithSearch() {
    let search = SymmetricSearch(lowest: lowest, highest: -lowest - 1)
    d = search.storedScale(values: input.values.span, weights: input.weights.span)
    for i in 0..<32 {
      levels[i] = UInt8(search.level(of: input.values[i], scale: d) - lowest)
    }
  }
}
