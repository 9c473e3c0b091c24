/// Encodes 32 values on one line: a scale and the value of level 0.
struct LineBlockEncoder {
  /// The scale.
  private(set) var d: Float = 0
  /// The value of level 0.
  private(set) var m: Float = 0
  /// The levels.
  private(set) var levels = [UInt8](repeating: 0, count: 32)

  private let search: AffineSearch
  private var input = BlockInput(size: 32)

  /// An encoder for levels from 0 to `highest`.
  init(highest: Int32) {
    search = AffineSearch(highest: highest, allowsPositiveLowest: true)
  }

  /// Encodes the block that starts at `start`.
  mutating func encode(_ values: Span<Float>, importance: Span<Float>?, at start: Int) {
    input.load(values, importance: importance, at: start)
    if importance == nil { encodePlainly() } else { encodeWithSearch() }
  }

  private mutating func encodePlainly() {
    let low = input.values.min() ?? 0
    let high = input.values.max() ?? 0
    let highest = Float(search.highest)
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

  private mutating func encodeWithSearch() {
    let best = storedLine()
    d = best.scale
    m = -best.minimum
    for i in 0..<32 {
      levels[i] = UInt8(search.level(of: input.values[i], on: best))
    }
  }

  /// The best line among those that halves can store.
  private func storedLine() -> AffineSearch.Line {
    let values = input.values.span
    let weights = input.weights.span
    let fitted = search.line(values: values, weights: weights)
    var best = AffineSearch.Line()
    var bestError = Float.infinity
    let minimum = HalfPrecision.rounded(fitted.minimum)
    // Where the minimum is large, its rounding shifts all values, and another scale suits them.
    for m in [minimum, HalfPrecision.neighbour(minimum, 1), HalfPrecision.neighbour(minimum, -1)] {
      let shift = m - fitted.minimum
      var scales: [Float] = [fitted.scale]
      let highest = Int(search.highest)
      if fitted.scale == 0 {
        // One value throughout may be any level above a minimum that is not rounded up.
        for level in 1...highest { scales.append(shift / Float(level)) }
      } else {
        for steps in 1...2 {
          scales.append(fitted.scale + Float(steps) * shift / Float(highest))
        }
      }
      for scale in scales {
        for d in [HalfPrecision.rounded(scale), HalfPrecision.unit(scale)] where d >= 0 {
          let line = AffineSearch.Line(scale: d, minimum: m)
          let error = search.squaredError(values: values, weights: weights, line: line)
          if error < bestError {
            bestError = error
            best = line
          }
        }
      }
    }
    return best
  }
}
