/// Levels at uneven distances, and the search for the scale under which they are nearest to some
/// values: the least weighted squared error.
///
/// As in ``SymmetricSearch``, the search takes a number of starting scales, finds the levels of
/// each and fits the scale.
struct UnevenLevels: ScaledLevels {
  /// The levels, rising.
  let levels: [Float]

  /// The scales to start from, as the level that the value of the largest magnitude gets.
  private let starts: [Float]

  /// The middles between neighbouring levels.
  private let middles: [Float]

  init(_ levels: [Float]) {
    self.levels = levels
    middles = zip(levels, levels.dropFirst()).map { ($0 + $1) / 2 }
    let ends = [levels.first ?? 0, levels.last ?? 0]
    starts = ends.flatMap { end in
      (-8...12).map { end * (1 + 0.04 * Float($0)) }
    }
  }

  /// The number of the level nearest to `value`; of two equally near, the lower.
  @inline(__always)
  func nearest(_ value: Float) -> Int {
    var (low, high) = (0, middles.count)
    while low < high {
      let middle = (low + high) / 2
      if middles[middle] < value { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// The number of the level that stores `value` best with `scale`.
  @inline(__always)
  func index(of value: Float, scale: Float) -> Int {
    nearest(scale == 0 ? 0 : value * (1 / scale))
  }

  var extremes: [Float] { levels.filter { $0 != 0 } }

  func levelValue(of value: Float, scale: Float) -> Float {
    levels[index(of: value, scale: scale)]
  }

  func scale(values: Span<Float>, weights: Span<Float>) -> Float {
    var extreme: Float = 0
    for i in 0..<values.count where abs(values[unchecked: i]) > abs(extreme) {
      extreme = values[unchecked: i]
    }
    var best: Float = 0
    var bestGain: Float = 0
    for start in starts {
      var inverse = start / extreme
      guard inverse.isFinite else { return 0 }
      // The second fit starts from the first one's levels: most of what is left to gain.
      for _ in 0..<2 {
        var (sumXL, sumLL) = (Float(0), Float(0))
        for i in 0..<values.count {
          let x = values[unchecked: i]
          let level = levels[nearest(x * inverse)]
          let weighted = weights[unchecked: i] * level
          sumXL += weighted * x
          sumLL += weighted * level
        }
        let scale = sumXL / sumLL
        guard scale.isNormal, scale * sumXL > bestGain else { break }
        bestGain = scale * sumXL
        best = scale
        inverse = 1 / scale
      }
    }
    return best
  }

  func squaredError(values: Span<Float>, weights: Span<Float>, scale: Float) -> Float {
    let inverse = scale == 0 ? 0 : 1 / scale
    var error: Float = 0
    for i in 0..<values.count {
      let x = values[unchecked: i]
      let difference = x - scale * levels[nearest(x * inverse)]
      error += weights[unchecked: i] * difference * difference
    }
    return error
  }

  /// The best scale among those that a half can store.
  func storedScale(values: Span<Float>, weights: Span<Float>) -> Float {
    let fitted = scale(values: values, weights: weights)
    var best: Float = 0
    var bestError = squaredError(values: values, weights: weights, scale: 0)
    // Tiny blocks lose much to a scale rounded down, so the one above is considered too. Where all
    // values have the same magnitude only the rounding of the scale matters, and any level may do.
    var candidates = [HalfPrecision.rounded(fitted), HalfPrecision.unit(fitted)]
    let first = values.count > 0 ? values[0] : 0
    if (0..<values.count).allSatisfy({ abs(values[$0]) == abs(first) }) {
      candidates += extremes.map { HalfPrecision.rounded(first / $0) }
    }
    for candidate in candidates {
      let error = squaredError(values: values, weights: weights, scale: candidate)
      if error < bestError {
        bestError = error
        best = candidate
      }
    }
    return best
  }
}
