/// Finds the scale `s` for which `s * level`, with whole levels around zero, is nearest to the
/// values: the least weighted squared error.
///
/// Given the levels, the best scale is known (`sum(w x l) / sum(w l l)`); given the scale, the
/// best levels are the nearest ones. So the search takes a number of starting scales around
/// "the largest value gets the lowest level", finds the levels of each and fits the scale.
///
/// Counts of values are multiples of ``Lanes/width``.
struct SymmetricSearch {
  /// The lowest level, which has no positive counterpart: -8 for 4 bits.
  var lowest: Int32
  /// The highest level: 7 for 4 bits.
  var highest: Int32
  /// How many starting scales to try on either side of the plain one.
  var steps = 9

  /// The best scale, not rounded; 0 when all values are (or do not matter).
  ///
  /// It is negative where the value of the largest magnitude is positive, so that the lowest
  /// level, the one that reaches farthest, stores it.
  func scale(values: Span<Float>, weights: Span<Float>) -> Float {
    let extreme = extremeValue(of: values)
    guard extreme != 0 else { return 0 }
    var best = extreme / Float(lowest)
    var bestGain: Float = -1
    for step in -steps...steps {
      let inverse = (Float(lowest) - 0.1 * Float(step)) / extreme
      guard inverse.isFinite else { return 0 }
      let (fitted, gain) = fit(values: values, weights: weights, inverse: inverse)
      if gain > bestGain {
        bestGain = gain
        best = fitted
      }
    }
    // One more round from the best fit, which may move a few levels.
    let (fitted, gain) = fit(values: values, weights: weights, inverse: 1 / best)
    return gain > bestGain ? fitted : best
  }

  /// The best scale among those that a half can store.
  func storedScale(values: Span<Float>, weights: Span<Float>) -> Float {
    let plain = extremeValue(of: values) / Float(lowest)
    let fitted = HalfPrecision.rounded(scale(values: values, weights: weights))
    var best: Float = 0
    var bestError = squaredError(values: values, weights: weights, scale: 0)
    func consider(_ candidate: Float) {
      let error = squaredError(values: values, weights: weights, scale: candidate)
      if error < bestError {
        bestError = error
        best = candidate
      }
    }
    consider(fitted)
    // The plain scale too, and the one above: tiny blocks lose much to a scale rounded down.
    consider(HalfPrecision.rounded(plain))
    consider(HalfPrecision.unit(plain))
    return best
  }

  /// The level that stores `value` best with `scale`.
  @inline(__always)
  func level(of value: Float, scale: Float) -> Int32 {
    guard scale != 0 else { return 0 }
    return nearestLevel(value / scale, from: lowest, through: highest)
  }

  /// The weighted squared error of storing `values` with `scale`.
  func squaredError(values: Span<Float>, weights: Span<Float>, scale: Float) -> Float {
    let inverse = scale == 0 ? 0 : 1 / scale
    var error = Lanes.zero
    for i in stride(from: 0, to: values.count, by: Lanes.width) {
      let x = values.lanes(i)
      let levels = (x * inverse).nearestLevels(from: Float(lowest), through: Float(highest))
      let difference = x - scale * levels
      error += weights.lanes(i) * difference * difference
    }
    return error.sum()
  }

  /// The best scale for the levels that `inverse` leads to, and by how much it lowers the
  /// squared error below that of storing zeros.
  private func fit(
    values: Span<Float>, weights: Span<Float>, inverse: Float
  ) -> (scale: Float, gain: Float) {
    var (lanesXL, lanesLL) = (Lanes.zero, Lanes.zero)
    for i in stride(from: 0, to: values.count, by: Lanes.width) {
      let x = values.lanes(i)
      let level = (x * inverse).nearestLevels(from: Float(lowest), through: Float(highest))
      let weighted = weights.lanes(i) * level
      lanesXL += weighted * x
      lanesLL += weighted * level
    }
    let (sumXL, sumLL) = (lanesXL.sum(), lanesLL.sum())
    guard sumLL > 0 else { return (1 / inverse, -1) }
    let scale = sumXL / sumLL
    return scale.isNormal ? (scale, scale * sumXL) : (1 / inverse, -1)
  }

  private func extremeValue(of values: Span<Float>) -> Float {
    var extreme: Float = 0
    for i in 0..<values.count where abs(values[unchecked: i]) > abs(extreme) {
      extreme = values[unchecked: i]
    }
    return extreme
  }
}
