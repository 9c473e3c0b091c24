/// Finds `scale` and `minimum`, neither negative unless allowed to be, for which `scale * level - minimum`, with
/// levels from 0 to `highest`, is nearest to the values: the least weighted squared error.
///
/// Given the levels this is a line through points, whose best fit is known; given the line, the
/// best levels are the nearest ones. So the search takes a number of starting lines from the
/// smallest to (about) the largest value, finds the levels of each and fits the line.
struct AffineSearch {
  /// The highest level: 15 for 4 bits.
  var highest: Int32
  /// How many starting lines to try.
  var steps = 24
  /// Whether the lowest level may lie above zero.
  var allowsPositiveLowest = false

  /// A scale and the distance of the lowest level below zero.
  struct Line {
    var scale: Float = 0
    var minimum: Float = 0
  }

  /// The best line.
  func line(values: Span<Float>, weights: Span<Float>) -> Line {
    guard values.count > 0 else { return Line() }
    var low = allowsPositiveLowest ? values[0] : 0
    var high = low
    for i in 0..<values.count {
      low = min(low, values[unchecked: i])
      high = max(high, values[unchecked: i])
    }
    let range = high - low
    guard range > .leastNormalMagnitude * 1024 else {
      return allowsPositiveLowest ? Line(minimum: -low) : Line()
    }
    var best = Line(scale: range / Float(highest), minimum: -low)
    var bestError = squaredError(values: values, weights: weights, line: best)
    // A minimum that may be anywhere is searched too: the lowest values may be worth limiting.
    for raised in 0..<(allowsPositiveLowest ? 5 : 1) {
      for step in 0..<steps {
        let levels = Float(highest) - 1.4 + 0.1 * Float(step)
        let minimum = -low - 0.4 * Float(raised) * range / Float(highest)
        // The second fit starts from the first one's levels: most of what is left to gain.
        var line = Line(scale: range / levels, minimum: minimum)
        for _ in 0..<2 {
          line = fit(values: values, weights: weights, from: line)
          let error = squaredError(values: values, weights: weights, line: line)
          guard error < bestError else { break }
          bestError = error
          best = line
        }
      }
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
    var error: Float = 0
    for i in 0..<values.count {
      let x = values[unchecked: i]
      let level = nearestLevel((x + line.minimum) * inverse, from: 0, through: highest)
      let difference = x + line.minimum - line.scale * Float(level)
      error += weights[unchecked: i] * difference * difference
    }
    return error
  }

  /// The best line for the levels that `line` leads to.
  private func fit(values: Span<Float>, weights: Span<Float>, from line: Line) -> Line {
    let inverse = 1 / line.scale
    var sum: Float = 0
    var sumX: Float = 0
    var sumL: Float = 0
    var sumXL: Float = 0
    var sumLL: Float = 0
    for i in 0..<values.count {
      let x = values[unchecked: i]
      let w = weights[unchecked: i]
      let level = Float(
        nearestLevel((x + line.minimum) * inverse, from: 0, through: highest))
      sum += w
      sumX += w * x
      sumL += w * level
      sumXL += w * level * x
      sumLL += w * level * level
    }
    let determinant = sum * sumLL - sumL * sumL
    var fitted = Line(
      scale: (sum * sumXL - sumX * sumL) / determinant,
      minimum: (sumL * sumXL - sumLL * sumX) / determinant)
    if !allowsPositiveLowest, !(fitted.minimum > 0) {
      // The lowest level cannot lie above zero: fit a line through the origin.
      fitted = Line(scale: sumXL / sumLL, minimum: 0)
    }
    return fitted.scale.isNormal && fitted.scale > 0 && fitted.minimum.isFinite ? fitted : line
  }
}
