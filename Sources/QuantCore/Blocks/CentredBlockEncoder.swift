/// Encodes 32 values under one scale, with levels around zero.
struct CentredBlockEncoder {
  /// The scale.
  private(set) var d: Float = 0
  /// The levels, counted from the lowest.
  private(set) var levels = [UInt8](repeating: 0, count: 32)

  private let lowest: Int32
  private var input = BlockInput(size: 32)
  private var row = RowWeights()

  /// An encoder for levels from `lowest` to `-lowest - 1`.
  init(lowest: Int32) { self.lowest = lowest }

  /// Encodes the block that starts at `start`.
  mutating func encode(_ values: Span<Float>, importance: Span<Float>?, at start: Int) {
    input.load(values, importance: nil, at: start)
    if let importance {
      row.load(values, block: input.values, importance: importance, at: start)
      encodeWithSearch()
    } else {
      encodePlainly()
    }
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

  /// Tries the plain scale and those around it, each replaced by the one that suits its levels best.
  /// Every other encoder of these formats does so, sums in this order included.
  private mutating func encodeWithSearch() {
    let extreme = input.values.reduce(0) { abs($1) > abs($0) ? $1 : $0 }
    d = 0
    var inverse: Float = 0
    guard abs(extreme) >= 1e-15 else {
      for i in 0..<32 { levels[i] = 0 }
      return
    }
    var best: Float = 0
    for step in [0] + Array(-9 ... -1) + Array(1...9) {
      let candidate = -(Float(-lowest) + 0.1 * Float(step)) / extreme
      var (xl, ll) = (Float(0), Float(0))
      for i in 0..<32 {
        let (x, w) = (input.values[i], row.weights[i])
        let level = Float(nearestLevel(candidate * x, from: lowest, through: -lowest - 1))
        xl += w * x * level
        ll += w * level * level
      }
      guard step == 0 || (ll > 0 && xl * xl > best * ll) else { continue }
      d = ll != 0 ? xl / ll : 0
      best = d * xl
      inverse = candidate
    }
    for i in 0..<32 {
      let level = nearestLevel(inverse * input.values[i], from: lowest, through: -lowest - 1)
      levels[i] = UInt8(level - lowest)
    }
    d = HalfPrecision.rounded(d)
  }
}
