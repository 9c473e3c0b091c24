/// What is worth storing a group of values as, for every scale.
///
/// Storing the values `x` as `s * p` lowers the weighted squared error, from that of storing
/// zeros, by `s * (2 * match - s * energy)`, with `match = sum(w x p)` and
/// `energy = sum(w p p)`. Neither depends on the scale `s`, so the best point for a given scale
/// is the best of some lines, and only the upper convex hull of all (energy, match) is ever best:
/// a handful of a codebook's points.
struct Frontier {
  /// One of the points.
  struct Choice {
    /// Its number.
    var index: Int
    /// `sum(w x p)`.
    var match: Float
    /// `sum(w p p)`.
    var energy: Float
  }

  /// The points, by falling energy: the first is best for the smallest scales.
  private(set) var choices: [Choice]

  /// The scales from which on the next choice is better, rising.
  private(set) var limits: [Float] = []

  /// Finds the points worth choosing among all, which are at least one.
  init(matches: [Float], energies: [Float]) {
    var current = 0
    for i in matches.indices
    where matches[i] > matches[current]
      || (matches[i] == matches[current] && energies[i] < energies[current])
    {
      current = i
    }
    choices = [Choice(index: current, match: matches[current], energy: energies[current])]
    // Only points of less energy can come next: keep just those.
    var rest = Array(matches.indices)
    while true {
      let (match, energy) = (matches[current], energies[current])
      var kept = 0
      var next = -1
      var leastSlope = Float.infinity
      for i in rest where energies[i] < energy {
        rest[kept] = i
        kept += 1
        let slope = (match - matches[i]) / (energy - energies[i])
        if slope < leastSlope || (slope == leastSlope && energies[i] < energies[next]) {
          leastSlope = slope
          next = i
        }
      }
      guard next >= 0 else { return }
      rest.removeSubrange(kept...)
      limits.append(2 * leastSlope)
      current = next
      choices.append(Choice(index: current, match: matches[current], energy: energies[current]))
    }
  }

  /// The best choice for a scale that is not negative.
  @inline(__always)
  func choice(at scale: Float) -> Choice {
    var (low, high) = (0, limits.count)
    while low < high {
      let middle = (low + high) / 2
      if limits[middle] <= scale { low = middle + 1 } else { high = middle }
    }
    return choices[low]
  }
}
