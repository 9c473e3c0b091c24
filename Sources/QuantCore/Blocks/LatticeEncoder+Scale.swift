extension LatticeEncoder {
  /// The scales at which points are looked up first, in units of the one that makes the largest
  /// magnitude the highest level.
  private static let coarse: [Float] = [0.55, 0.72, 0.93, 1.2]
  /// How many for each of them.
  private static let coarseCount = 5
  /// The scales tried with these points.
  private static let starts: [Float] = [
    0.45, 0.52, 0.6, 0.68, 0.77, 0.87, 0.98, 1.1, 1.24, 1.4,
  ]

  /// The scale that suits a sub-block best; 0 where none is better than storing zeros. The slots
  /// are filled for it.
  mutating func bestScale(subBlock j: Int) -> Float {
    let shifts: [Float] = kind.shifts == .none ? [0] : IQ1_S.shifts
    let size = kind.tables.dimensions
    let groups = (kind.units * kind.parts * j..<kind.units * kind.parts * (j + 1)).flatMap {
      group in
      shifts.enumerated().map { number, shift in
        let range = size * group..<size * (group + 1)
        return (
          group: group, shift: (number: number, value: shift),
          halves: slots.halves(
            values: values[range], weights: input.weights[range], shift: shift)
        )
      }
    }
    func fill(_ first: Int, count: Int, scale: Float) {
      for (group, shift, halves) in groups {
        slots.fill(
          first, count: count, values: values[size * group..<size * (group + 1)], halves: halves,
          scale: scale, shift: shift, unit: group / kind.parts, part: group % kind.parts)
      }
    }
    let plain = plainScale(subBlock: j)
    for (i, scale) in Self.coarse.enumerated() {
      fill(Self.coarseCount * i, count: Self.coarseCount, scale: plain * scale)
    }
    // Where all magnitudes are alike, the lowest level may store them all.
    let levels = kind.tables.levels
    let flat = abs(levels[levels.count - 1] / levels[0])
    let used = Self.coarseCount * Self.coarse.count
    fill(used, count: LatticeTables.nearCount - used, scale: plain * flat)
    var (best, bestGain) = (Float(0), Float(0))
    for start in Self.starts + [flat] {
      let fit = fit(subBlock: j, slots: LatticeTables.nearCount, scale: plain * start)
      let scale = fit.match / fit.energy
      let gain = scale * fit.match
      if gain > bestGain && gain < .infinity && scale > 0 {
        bestGain = gain
        best = scale
      }
    }
    fill(0, count: LatticeTables.nearCount, scale: best)
    return best
  }

  /// The sums of a sub-block for the best points.
  func fit(subBlock j: Int, slots count: Int, scale: Float) -> LatticeSlots.Fit {
    guard kind.shifts == .ofSubBlock else { return fit(subBlock: j, list: nil, count, scale) }
    let fits = (0..<2).map { fit(subBlock: j, list: $0, count, scale) }
    let half = scale * 0.5
    let isSecondBetter =
      fits[1].match - half * fits[1].energy > fits[0].match - half * fits[0].energy
    return isSecondBetter ? fits[1] : fits[0]
  }

  /// The sums of a sub-block for the best points of one list, or else of those of each part.
  private func fit(
    subBlock j: Int, list: Int?, _ count: Int, _ scale: Float
  ) -> LatticeSlots.Fit {
    let lists = list.map { $0...$0 } ?? 0...kind.parts - 1
    var fits = [LatticeSlots.Fit](repeating: .init(match: 0, energy: 0), count: kind.units)
    for unit in 0..<kind.units {
      for (i, list) in lists.enumerated() {
        let fit = slots.best(
          list: list, unit: kind.units * j + unit, count: slots.count(of: count), scale: scale
        ).fit
        if i == 0 {
          fits[unit] = fit
        } else {
          fits[unit].match += fit.match
          fits[unit].energy += fit.energy
        }
      }
    }
    return LatticeSlots.Fit(
      match: kind.sum { fits[$0].match }, energy: kind.sum { fits[$0].energy })
  }

  /// The scale that makes the largest magnitude of a sub-block the highest level, unless that
  /// magnitude is beyond what matters.
  func plainScale(subBlock j: Int) -> Float {
    var largest: Float = 0
    var (squares, weights) = ([Float](), [Float]())
    for unit in kind.units * j..<kind.units * (j + 1) {
      var (sumSquares, sumWeights) = (Float(0), Float(0))
      for i in 8 * unit..<8 * (unit + 1) {
        let (value, weight) = (values[i], input.weights[i])
        if abs(value) > largest { largest = abs(value) }
        sumSquares += weight * value * value
        sumWeights += weight
      }
      squares.append(sumSquares)
      weights.append(sumWeights)
    }
    let mean = kind.sum { squares[$0] } / kind.sum { weights[$0] }
    let limit = kind.reach * mean.squareRoot()
    let levels = kind.tables.levels
    return (limit < largest ? limit : largest) / levels[levels.count - 1]
  }
}

extension LatticeKind {
  /// The sum over the units of a sub-block.
  func sum(_ value: (Int) -> Float) -> Float {
    let first = value(0) + value(1)
    return units == 4 ? first + (value(2) + value(3)) : first
  }
}
