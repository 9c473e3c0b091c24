/// The points considered for the groups of values of a block, and the sums that tell how good they
/// are.
struct LatticeSlots {
  /// The sums for one point, or for one in each of some groups.
  struct Fit {
    /// `sum(w x p)`.
    var match: Float
    /// `sum(w p p)`.
    var energy: Float
  }

  /// The sums for all halves of a point.
  struct Halves {
    var match: [[Float]]
    var energy: [[Float]]
  }

  private let kind: LatticeKind
  /// The points that fit one list.
  private let capacity: Int
  private var fits: [Fit]
  private var cells: [Int]

  init(_ kind: LatticeKind) {
    self.kind = kind
    capacity = LatticeTables.nearCount * (kind.shifts == .ofUnit ? 2 : 1)
    fits = [Fit](repeating: Fit(match: 0, energy: 0), count: 2 * 32 * capacity)
    cells = [Int](repeating: 0, count: 2 * 32 * 2)
  }

  /// The slots in use when there are `count` for each shift; those of the second shift are in the
  /// same list where a unit is free to choose.
  func count(of count: Int) -> Int { kind.shifts == .ofUnit ? 2 * count : count }

  /// Sums for all halves of points, of a group with weights.
  func halves(values: ArraySlice<Float>, weights: ArraySlice<Float>, shift: Float) -> Halves {
    let levels = kind.tables.levels.map { $0 + shift }
    let squares = levels.map { $0 * $0 }
    let half = kind.tables.dimensions / 2
    let weighted = zip(weights, values).map { $0 * $1 }
    return Halves(
      match: [
        sums(weighted.prefix(half), levels: levels), sums(weighted.suffix(half), levels: levels),
      ],
      energy: [
        sums(weights.prefix(half), levels: squares), sums(weights.suffix(half), levels: squares),
      ])
  }

  private func sums(_ factors: ArraySlice<Float>, levels: [Float]) -> [Float] {
    factors.reduce([0]) { sums, factor in
      levels.flatMap { level in
        let product = factor * level
        return sums.map { $0 + product }
      }
    }
  }

  /// Fills `count` slots from `first` on with the points nearest to a group over `scale`.
  mutating func fill(
    _ first: Int, count: Int, values: ArraySlice<Float>, halves: Halves, scale: Float,
    shift: (number: Int, value: Float), unit: Int, part: Int
  ) {
    let list = kind.shifts == .ofSubBlock ? shift.number : part
    let cell = cell(values: values, scale: scale, shift: shift.value)
    cells[(list * 32 + unit) * 2 + shift.number] = cell
    let second = kind.shifts == .ofUnit ? shift.number * LatticeTables.nearCount : 0
    let start = (list * 32 + unit) * capacity + second + first
    for k in 0..<count {
      let point = Int(kind.tables.near[LatticeTables.nearCount * cell + k])
      let (lower, upper) = (point & 255, point >> 8)
      fits[start + k] = Fit(
        match: halves.match[0][lower] + halves.match[1][upper],
        energy: halves.energy[0][lower] + halves.energy[1][upper])
    }
  }

  /// The cell of a group over `scale`.
  private func cell(values: ArraySlice<Float>, scale: Float, shift: Float) -> Int {
    let levels = kind.tables.levels
    let highest = Int32(levels.count - 1)
    let density = Float(highest) / (levels[levels.count - 1] - levels[0])
    let slope = density / scale
    let offset = (levels[0] + shift) * density
    return values.reversed().reduce(0) { cell, value in
      cell * levels.count + Int(nearestLevel(value * slope - offset, from: 0, through: highest))
    }
  }

  /// The best of the first `count` slots of a list.
  func best(
    list: Int, unit: Int, count: Int, scale: Float
  ) -> (fit: Fit, gain: Float, slot: Int) {
    let half = scale * 0.5
    let fits = fits.span.extracting(droppingFirst: (list * 32 + unit) * capacity)
    var slot = 0
    var gain = fits[0].match - half * fits[0].energy
    for k in 1..<count {
      let other = fits[k].match - half * fits[k].energy
      if other > gain {
        gain = other
        slot = k
      }
    }
    return (fits[slot], gain, slot)
  }

  /// The shift of a slot, and the place of its point in the table of near ones.
  func point(list: Int, unit: Int, slot: Int) -> (shift: Int, place: Int) {
    let shift = kind.shifts == .ofSubBlock ? list : slot / LatticeTables.nearCount
    let cell = cells[(list * 32 + unit) * 2 + shift]
    return (shift, LatticeTables.nearCount * cell + slot % LatticeTables.nearCount)
  }
}
