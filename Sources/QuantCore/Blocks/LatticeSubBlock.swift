/// The groups of values that share a scale, and what each may be stored as.
struct LatticeSubBlock {
  /// Groups that must be chosen together: a list of alternatives, each with a frontier for every
  /// group.
  typealias Unit = [[Frontier]]

  /// The units, in the order of the values.
  var units: [Unit]

  /// How well the best choices for some scale match the values.
  struct Fit {
    /// `sum(w x p)` over all values.
    var match: Float = 0
    /// `sum(w p p)` over all values.
    var energy: Float = 0

    /// By how much a scale lowers the squared error.
    @inline(__always)
    func gain(at scale: Float) -> Float { scale * (2 * match - scale * energy) }
  }

  /// How well `scale` can do.
  func fit(at scale: Float) -> Fit {
    var total = Fit()
    for unit in units {
      var best = Fit()
      var bestGain = -Float.infinity
      for alternative in unit {
        let fit = Self.fit(alternative, at: scale)
        let gain = fit.gain(at: scale)
        if gain > bestGain {
          bestGain = gain
          best = fit
        }
      }
      total.match += best.match
      total.energy += best.energy
    }
    return total
  }

  /// The alternative and the points that suit `scale` best, for each unit.
  func choices(at scale: Float) -> [(alternative: Int, points: [Int])] {
    units.map { unit in
      var best = 0
      var bestGain = -Float.infinity
      for (index, alternative) in unit.enumerated() {
        let gain = Self.fit(alternative, at: scale).gain(at: scale)
        if gain > bestGain {
          bestGain = gain
          best = index
        }
      }
      return (best, unit[best].map { $0.choice(at: scale).index })
    }
  }

  /// The best of all scales; 0 where none is better than storing zeros.
  ///
  /// Between two neighbouring limits of the frontiers the choices stay the same, and the best
  /// scale for them is known; so this is exact but for units with alternatives, whose choice may
  /// also change within.
  func bestScale() -> Float {
    var limits: [Float] = [0]
    for unit in units {
      for alternative in unit {
        for frontier in alternative { limits += frontier.limits }
      }
    }
    limits.sort()
    var best: Float = 0
    var bestGain: Float = 0
    for limit in limits {
      var scale = limit
      // The second fit is for units whose alternative changes on the way.
      for _ in 0..<2 {
        let fit = fit(at: scale)
        guard fit.match > 0, fit.energy > 0 else { break }
        scale = fit.match / fit.energy
        guard scale * fit.match > bestGain else { break }
        bestGain = scale * fit.match
        best = scale
      }
    }
    return best
  }

  private static func fit(_ alternative: [Frontier], at scale: Float) -> Fit {
    var fit = Fit()
    for frontier in alternative {
      let choice = frontier.choice(at: scale)
      fit.match += choice.match
      fit.energy += choice.energy
    }
    return fit
  }
}
