/// Encodes 32 values on one line: a scale and the value of level 0.
struct LineBlockEncoder {
  /// The scale.
  private(set) var d: Float = 0
  /// The value of level 0.
  private(set) var m: Float = 0
  /// The levels.
  private(set) var levels = [UInt8](repeating: 0, count: 32)

  private let highest: Int32
  private var input = BlockInput(size: 32)
  private var row = RowWeights()

  /// An encoder for levels from 0 to `highest`.
  init(highest: Int32) { self.highest = highest }

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
    let low = input.values.min() ?? 0
    let high = input.values.max() ?? 0
    let highest = Float(highest)
    d = (high - low) / highest
    let inverse = d == 0 ? 0 : 1 / d
    for i in 0..<32 {
      let shifted = (input.values[i] - low) * inverse + 0.5
      // A subnormal scale has an infinite inverse; the order of arguments makes NaN zero.
      levels[i] = UInt8(min(max(0, shifted), highest))
    }
    d = HalfPrecision.rounded(d)
    m = HalfPrecision.rounded(low)
  }

  /// Tries lines from the lowest value on, each replaced by the one that suits its levels best, and
  /// goes on from the best one's lowest value. Every other encoder of these formats does so, sums in
  /// this order included.
  private mutating func encodeWithSearch() {
    let high = input.values.max() ?? 0
    var low = input.values.min() ?? 0
    if low > 0 { low = 0 }
    (d, m) = (0, HalfPrecision.rounded(low))
    for i in 0..<32 { levels[i] = 0 }
    guard high > low else { return }
    let highest = Float(highest)
    var (sumW, sumX) = (Float(0), Float(0))
    for i in 0..<32 {
      sumW += row.weights[i]
      sumX += row.weights[i] * input.values[i]
    }
    // What leads to the levels.
    var (bestInverse, bestBase) = (highest / (high - low), low)
    d = 1 / bestInverse
    var least = squaredError(inverse: bestInverse, base: low, scale: d, low: low)
    for step in 0...36 {
      let inverse = (-0.9 + 0.05 * Float(step) + highest) / (high - low)
      var (l, ll, xl) = (Float(0), Float(0), Float(0))
      for i in 0..<32 {
        let (x, w) = (input.values[i], row.weights[i])
        let level = self.level(of: x, inverse: inverse, base: low)
        l += w * level
        ll += w * level * level
        xl += w * level * x
      }
      let determinant = sumW * ll - l * l
      guard determinant > 0 else { continue }
      var scale = (sumW * xl - sumX * l) / determinant
      var minimum = (ll * sumX - l * xl) / determinant
      if minimum > 0 { (scale, minimum) = (xl / ll, 0) }
      let error = squaredError(inverse: inverse, base: low, scale: scale, low: minimum)
      guard error < least else { continue }
      least = error
      (bestInverse, bestBase) = (inverse, low)
      (d, low) = (scale, minimum)
    }
    for i in 0..<32 {
      levels[i] = UInt8(level(of: input.values[i], inverse: bestInverse, base: bestBase))
    }
    d = HalfPrecision.rounded(d)
    m = HalfPrecision.rounded(low)
  }

  private func level(of x: Float, inverse: Float, base: Float) -> Float {
    Float(nearestLevel(inverse * (x - base), from: 0, through: highest))
  }

  /// The error of the levels that `inverse` and `base` lead to, on another line.
  private func squaredError(inverse: Float, base: Float, scale: Float, low: Float) -> Float {
    var error: Float = 0
    for i in 0..<32 {
      let x = input.values[i]
      let difference = scale * level(of: x, inverse: inverse, base: base) + low - x
      error += row.weights[i] * (difference * difference)
    }
    return error
  }
}
