/// Chooses what a block of 256 values is stored as in the formats with codebooks of points.
///
/// Storing the values `x` as `s * p` lowers the weighted squared error, from that of storing zeros,
/// by `s * (2 * match - s * energy)`, with `match = sum(w x p)` and `energy = sum(w p p)`. Neither
/// depends on the scale `s`, so once the sums are there for some points, the best of these is
/// quickly found for any scale, and the best scale for given points is `match / energy`.
///
/// 1. A list of points is made for each group of values: some near it over each of a few scales.
///    Among those, a number of scales are tried, and each sub-block keeps the best.
/// 2. The list is replaced by the points nearest to the values over that scale.
/// 3. For a number of units `d`, each sub-block takes the best of the scales nearby that the block
///    can store. The unit that suits the outcome best is known, and tried as well.
///
/// Where one of eight signs must be wrong, it is the one that costs least.
struct LatticeEncoder {
  /// What the block stores.
  struct Stored {
    /// The unit of the scales.
    var d: Float = 0
    /// The multiple of each sub-block.
    var scales: [Int]
    /// The point of each part of each unit, at `unit * parts + part`.
    var points: [Int]
    /// The signs of each unit.
    var signs = [UInt32](repeating: 0, count: 32)
    /// Which shift each unit has.
    var shifts = [Int](repeating: 0, count: 32)
  }

  /// The block encoded last.
  private(set) var stored: Stored

  let kind: LatticeKind
  private(set) var input = BlockInput(size: 256)
  /// The values, or their magnitudes where signs are stored apart.
  var values = [Float](repeating: 0, count: 256)
  var slots: LatticeSlots
  private var fitted: [Float]

  init(_ kind: LatticeKind) {
    self.kind = kind
    let subBlocks = 32 / kind.units
    stored = Stored(
      scales: [Int](repeating: 0, count: subBlocks),
      points: [Int](repeating: 0, count: 32 * kind.parts))
    fitted = [Float](repeating: 0, count: subBlocks)
    slots = LatticeSlots(kind)
  }

  /// Encodes the block that starts at `start`.
  mutating func encode(_ source: Span<Float>, importance: Span<Float>?, at start: Int) {
    input.load(source, importance: importance, at: start)
    values = input.values
    if kind.signs != .inPoints {
      for j in fitted.indices {
        let lowest = kind.tables.levels[0] * plainScale(subBlock: j)
        for unit in kind.units * j..<kind.units * (j + 1) { splitSigns(unit: unit, lowest: lowest) }
      }
    }
    for j in fitted.indices { fitted[j] = bestScale(subBlock: j) }
    chooseScales()
    choosePoints()
  }

  /// Replaces the values of a unit by their magnitudes, but for the one sign that must be wrong.
  ///
  /// A value with the wrong sign is stored as the lowest level, `lowest` more or less. With the right
  /// one, a small value is that level as well, and a larger one is stored well.
  private mutating func splitSigns(unit: Int, lowest: Float) {
    var pattern: UInt32 = 0
    var place = 0
    var least = Float.infinity
    for i in 0..<8 {
      let value = values[8 * unit + i]
      if value < 0 {
        pattern |= 1 << UInt32(i)
        values[8 * unit + i] = -value
      }
      let magnitude = values[8 * unit + i]
      let reversed = (magnitude + lowest) * (magnitude + lowest)
      let cost =
        input.weights[8 * unit + i]
        * (magnitude < 2 * lowest ? 4 * lowest * magnitude : reversed)
      if cost < least {
        least = cost
        place = i
      }
    }
    if kind.signs == .even && SignPatterns.isOdd(pattern) {
      pattern ^= 1 << UInt32(place)
      values[8 * unit + place] = -values[8 * unit + place]
    }
    stored.signs[unit] = pattern
  }

  /// Chooses the unit and the scales.
  private mutating func chooseScales() {
    let largest = fitted.reduce(0) { $1 > $0 ? $1 : $0 }
    let reach = kind.step * Float(2 * kind.highest + 1)
    var bestGain: Float = 0
    stored.d = 0
    for j in fitted.indices { stored.scales[j] = 0 }
    guard largest > 0 else { return }
    // The largest scale need not be reached: a smaller unit may suit the rest better.
    for start in [1.06, 1, 0.94, 0.88] as [Float] {
      var d = HalfPrecision.unit(start * largest / reach)
      // Twice: for that unit, and for the one that suits what it led to.
      for _ in 0..<2 where d > 0 {
        var (gain, match, energy) = (Float(0), Float(0), Float(0))
        let scales = fitted.indices.map { j in
          let best = settle(subBlock: j, d: d)
          let multiple = kind.multiple(Float(best.k))
          gain += best.gain
          match += multiple * best.fit.match
          energy += multiple * multiple * best.fit.energy
          return best.k
        }
        if gain > bestGain {
          bestGain = gain
          stored.d = d
          stored.scales = scales
        }
        d = HalfPrecision.rounded(match / energy)
      }
    }
  }

  /// The best multiple of the unit `d` for a sub-block.
  private func settle(
    subBlock j: Int, d: Float
  ) -> (k: Int, gain: Float, fit: LatticeSlots.Fit) {
    let exact = (fitted[j] / (d * kind.step) - 1) * 0.5
    let nearest = Int(nearestLevel(exact, from: 0, through: Int32(kind.highest)))
    var best = (k: nearest, gain: -Float.infinity, fit: LatticeSlots.Fit(match: 0, energy: 0))
    for k in max(nearest - 1, 0)...min(nearest + 1, kind.highest) {
      let scale = d * kind.multiple(Float(k))
      let fit = fit(subBlock: j, slots: LatticeTables.nearCount, scale: scale)
      let gain = scale * (2 * fit.match - scale * fit.energy)
      if gain > best.gain { best = (k, gain, fit) }
    }
    return best
  }

  /// Chooses the points, and the shifts, for the scales.
  private mutating func choosePoints() {
    for j in fitted.indices {
      let scale = stored.d * kind.multiple(Float(stored.scales[j]))
      let lists = bestLists(subBlock: j, scale: scale)
      for unit in kind.units * j..<kind.units * (j + 1) {
        for part in 0..<kind.parts {
          let list = kind.shifts == .ofSubBlock ? lists : part
          let slot = slots.best(
            list: list, unit: unit, count: slots.count(of: LatticeTables.nearCount), scale: scale
          ).slot
          let (shift, point) = slots.point(list: list, unit: unit, slot: slot)
          let halves = Int(kind.tables.near[point])
          let number = (halves & 255) + (halves >> 8) * kind.tables.halfCount
          stored.points[kind.parts * unit + part] = Int(kind.tables.numbers[number])
          stored.shifts[unit] = shift
        }
      }
    }
  }

  /// Which shift suits a sub-block whose units share it.
  private func bestLists(subBlock j: Int, scale: Float) -> Int {
    guard kind.shifts == .ofSubBlock else { return 0 }
    let gains = (0..<2).map { list in
      kind.sum { unit in
        slots.best(
          list: list, unit: kind.units * j + unit, count: LatticeTables.nearCount, scale: scale
        ).gain
      }
    }
    return gains[1] > gains[0] ? 1 : 0
  }
}
