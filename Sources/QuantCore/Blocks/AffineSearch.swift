/// Finds `scale` and `minimum`, both not negative, for which `scale * level - minimum`, with
/// levels from 0 to `highest`, is nearest to the values: the least weighted squared error.
///
/// Given the levels this is a line through points, whose best fit is known; given the line, the
/// best levels are the nearest ones. So the search takes a number of starting lines from the
/// smallest to (about) the largest value, finds the levels of each and fits the line. The best
/// fit is then fitted again, from its own levels.
///
/// Counts of values are multiples of ``Lanes/width``.
struct AffineSearch {
  /// The highest level: 15 for 4 bits.
  let highest: Int32
  /// How many starting lines to try.
  let steps = 24
  /// How often the best line is fitted again at most.
  let rounds = 4

  /// A scale and the distance of the lowest level below zero.
  struct Line {
    var scale: Float = 0
    var minimum: Float = 0
  }

  init(highest: Int32) { self.highest = highest }

  /// The best line.
  func line(values: Span<Float>, weights: Span<Float>) -> Line {
    var low: Float = 0
    var high: Float = 0
    for i in 0..<values.count {
      low = min(low, values[unchecked: i])
      high = max(high, values[unchecked: i])
    }
    let range = high - low
    guard range > .leastNormalMagnitude * 1024 else { return Line() }
    var best = Line(scale: range / Float(highest), minimum: -low)
    var bestGain = -Float.infinity
    for step in 0..<steps {
      let levels = Float(highest) - 1.4 + 0.1 * Float(step)
      let start = Line(scale: range / levels, minimum: -low)
      let (line, gain) = fit(values: values, weights: weights, from: start)
      if gain > bestGain {
        bestGain = gain
        best = line
      }
    }
    return refined(best, values: values, weights: weights)
  }

  /// Fits the line again, from the levels that suit it, as long as the error falls.
  private func refined(_ line: Line, values: Span<Float>, weights: Span<Float>) -> Line {
    var best = line
    var bestError = squaredError(values: values, weights: weights, line: line)
    for _ in 0..<rounds {
      let (line, _) = fit(values: values, weights: weights, from: best)
      let error = squaredError(values: values, weights: weights, line: line)
      guard error < bestError else { break }
      bestError = error
      best = line
    }
    return best
  }

  /// The level that stores `value` best on `line`.
  @inline(__always)
  func level(of value: Float, on line: Line) -> Int32 {
    guard line.scale > 0 else { return 0 }
    return nearestLevel((value + line.minimum) / line.scale, from: 0, through: highest)
  }

  /// The weighted squared error of storing `values` on `line`.
  func squaredError(values: Span<Float>, weights: Span<Float>, line: Line) -> Float {
    let inverse = line.scale > 0 ? 1 / line.scale : 0
    var error = Lanes.zero
    for i in stride(from: 0, to: values.count, by: Lanes.width) {
      let shifted = values.lanes(i) + line.minimum
      let levels = (shifted * inverse).nearestLevels(from: 0, through: Float(highest))
      let difference = shifted - line.scale * levels
      error += weights.lanes(i) * difference * difference
    }
    return error.sum()
  }

  /// The best minimum for the scale of `line` and the levels that `line` leads to.
  func minimum(for line: Line, values: Span<Float>, weights: Span<Float>) -> Float {
    let inverse = line.scale > 0 ? 1 / line.scale : 0
    var (lanesW, lanesDistance) = (Lanes.zero, Lanes.zero)
    for i in stride(from: 0, to: values.count, by: Lanes.width) {
      let x = values.lanes(i)
      let level = ((x + line.minimum) * inverse).nearestLevels(from: 0, through: Float(highest))
      lanesW += weights.lanes(i)
      lanesDistance += weights.lanes(i) * (line.scale * level - x)
    }
    let sum = lanesW.sum()
    return sum > 0 ? max(0, lanesDistance.sum() / sum) : line.minimum
  }

  /// The best line for the levels that `line` leads to, and by how much it lowers the squared
  /// error of those levels below that of storing zeros.
  private func fit(
    values: Span<Float>, weights: Span<Float>, from line: Line
  ) -> (line: Line, gain: Float) {
    let inverse = 1 / line.scale
    var (lanesW, lanesX, lanesL) = (Lanes.zero, Lanes.zero, Lanes.zero)
    var (lanesXL, lanesLL) = (Lanes.zero, Lanes.zero)
    for i in stride(from: 0, to: values.count, by: Lanes.width) {
      let x = values.lanes(i)
      let w = weights.lanes(i)
      let level = ((x + line.minimum) * inverse).nearestLevels(from: 0, through: Float(highest))
      let weighted = w * level
      lanesW += w
      lanesX += w * x
      lanesL += weighted
      lanesXL += weighted * x
      lanesLL += weighted * level
    }
    let (sum, sumX, sumL) = (lanesW.sum(), lanesX.sum(), lanesL.sum())
    let (sumXL, sumLL) = (lanesXL.sum(), lanesLL.sum())
    let determinant = sum * sumLL - sumL * sumL
    var fitted = Line(
      scale: (sum * sumXL - sumX * sumL) / determinant,
      minimum: (sumL * sumXL - sumLL * sumX) / determinant)
    if !(fitted.minimum > 0) {
      // The lowest level cannot lie above zero: fit a line through the origin.
      fitted = Line(scale: sumXL / sumLL, minimum: 0)
    }
    guard fitted.scale.isNormal, fitted.scale > 0, fitted.minimum.isFinite else {
      return (line, -.infinity)
    }
    return (fitted, fitted.scale * sumXL - fitted.minimum * sumX)
  }
}
