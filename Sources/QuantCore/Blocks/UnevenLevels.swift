/// Sixteen levels at uneven distances, and the search for the scale under which they are nearest to
/// 32 values: the least weighted squared error.
///
/// The search takes a number of starting scales, finds the levels of each and fits the scale.
struct UnevenLevels {
  /// How well a scale stores some values.
  struct Fit {
    /// `sum(w x l)`.
    var match: Float = 0
    /// `sum(w l l)`.
    var energy: Float = 0
    /// The weighted squared error.
    var error: Float = 0
  }

  /// The levels, rising, from below zero to above; none is zero.
  let levels: [Float]

  /// The middles between neighbouring levels.
  private let middles: [Float]

  init(_ levels: [Float]) {
    self.levels = levels
    middles = zip(levels, levels.dropFirst()).map { ($0 + $1) / 2 }
  }

  /// The number of the level nearest to `value`; of two equally near, the lower.
  @inline(__always)
  private func nearest(_ value: Float) -> Int {
    let middles = middles.span
    var (low, high) = (0, middles.count)
    while low < high {
      let middle = (low + high) / 2
      if middles[unchecked: middle] < value { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// The number of the level that stores `value` best with `scale`.
  @inline(__always)
  func index(of value: Float, scale: Float) -> Int {
    nearest(value * (scale == 0 ? 0 : 1 / scale))
  }

  /// The best scale, not rounded; 0 when all values are (or do not matter).
  func scale(values: Span<Float>, weights: Span<Float>) -> Float {
    let extreme = values.extreme
    // As the level that the value of the largest magnitude gets: around the two at the ends.
    var inverses = [levels[0], levels[levels.count - 1]].flatMap { level in
      (0..<8).map { level * (0.76 + 0.08 * Float($0)) / extreme }
    }
    guard inverses.allSatisfy(\.isFinite) else { return 0 }
    var (best, bestGain) = (Float(0), Float(0))
    // The second fit starts from the first one's levels: most of what is left to gain.
    for _ in 0..<2 {
      for (i, inverse) in inverses.enumerated() {
        let fit = fit(values: values, weights: weights, inverse: inverse, scale: 0)
        let scale = fit.match / fit.energy
        let gain = scale * fit.match
        if gain > bestGain && abs(scale) >= .leastNormalMagnitude {
          bestGain = gain
          best = scale
        }
        inverses[i] = 1 / scale
      }
    }
    return best
  }

  /// How well `scale` stores some values.
  func fit(values: Span<Float>, weights: Span<Float>, scale: Float) -> Fit {
    fit(values: values, weights: weights, inverse: scale == 0 ? 0 : 1 / scale, scale: scale)
  }

  /// The sums for the levels that `inverse` leads to, and the error when `scale` multiplies them.
  private func fit(
    values: Span<Float>, weights: Span<Float>, inverse: Float, scale: Float
  ) -> Fit {
    let levels = levels.span
    var fit = Fit()
    for i in 0..<values.count {
      let x = values[unchecked: i]
      let level = levels[unchecked: nearest(x * inverse)]
      let weighted = weights[unchecked: i] * level
      let difference = x - scale * level
      fit.match += weighted * x
      fit.energy += weighted * level
      fit.error += weights[unchecked: i] * difference * difference
    }
    return fit
  }

  /// The best scale among those that a half can store.
  func storedScale(values: Span<Float>, weights: Span<Float>) -> Float {
    let fitted = scale(values: values, weights: weights)
    let rounded = HalfPrecision.rounded(fitted)
    // Tiny blocks lose much to a scale rounded down, so those around it are considered too.
    var candidates = [0, rounded, HalfPrecision.unit(fitted)]
    candidates += [-3, -2, -1, 1, 2, 3].map { HalfPrecision.neighbour(rounded, $0) }
    if values.hasOneMagnitude {
      // Only the rounding of the scale matters, and any level may do.
      candidates += levels.map { HalfPrecision.rounded(values[0] / $0) }
    }
    var (best, least) = (Float(0), Float.infinity)
    for candidate in candidates {
      let error = fit(values: values, weights: weights, scale: candidate).error
      if error < least {
        least = error
        best = candidate
      }
    }
    return best
  }
}

extension Span<Float> {
  /// The value of the largest magnitude, the first of several; 0 for none.
  var extreme: Float {
    var extreme: Float = 0
    for i in 0..<count where abs(self[unchecked: i]) > abs(extreme) { extreme = self[unchecked: i] }
    return extreme
  }

  /// Whether all values have the same magnitude.
  var hasOneMagnitude: Bool {
    for i in 0..<count where abs(self[unchecked: i]) != abs(self[0]) { return false }
    return true
  }
}
