/// Chooses the numbers of a block of 256 values in sixteen sub-blocks, each with a small signed scale
/// under one half-precision unit of the block. Levels and scales go from a lowest one, a power of
/// two, to one below its opposite.
///
/// 1. Every sub-block gets the scale that suits it best: given the levels, it is known
///    (`sum(w x l) / sum(w l l)`), so the levels that a few scales lead to are tried.
/// 2. The scales are rounded to what the block can store, each up or down, whichever is better.
/// 3. Given all small numbers, the best unit is known (a linear fit). It replaces the first one,
///    and step 2 is done again, as long as that helps.
///
/// The fast codecs do the same operations in the same order.
struct SignedBlockEncoder {
  /// What the block stores beside the levels.
  struct Numbers {
    /// The unit of the scales.
    var d: Float
    /// The scales of the sub-blocks, in units of `d`.
    var scales: [Lanes]
    /// The weighted squared error of the block.
    var error: Float
  }

  /// The unit of the scales chosen last.
  var d: Float { numbers.d }
  /// The levels chosen last, counted from the lowest.
  private(set) var levels = [UInt8](repeating: 0, count: 256)

  private let lowest: Float
  private let lowestScale: Float
  private var groups = [SubBlockLanes](repeating: SubBlockLanes(size: 16), count: 2)
  private var numbers = Numbers(d: 0, scales: [.zero, .zero], error: 0)

  /// An encoder for a lowest level and a lowest scale.
  init(lowest: Int32, lowestScale: Int32) {
    self.lowest = Float(lowest)
    self.lowestScale = Float(lowestScale)
  }

  /// The scale of sub-block `j`, in units of `d`.
  func scale(_ j: Int) -> Int32 { Int32(numbers.scales[j / 8][j % 8]) }

  /// Chooses all numbers for a block.
  mutating func encode(_ input: BlockInput) {
    for index in groups.indices { groups[index].load(input, at: 128 * index) }
    let extremes = groups.map(extreme(of:))
    let fitted = zip(groups, extremes).map { fit($0, extreme: $1) }
    let largestFit = fitted.extreme
    numbers = settle(fitted, d: HalfPrecision.unit(largestFit / lowestScale))
    if fitted.map(\.magnitudes).smallest < abs(largestFit) / 8 {
      // Small scales are stored coarsely, and another unit may suit them better.
      for step in -8...16 {
        let other = settle(
          fitted, d: HalfPrecision.unit(largestFit / (lowestScale + Float(step))))
        if other.error < numbers.error { numbers = other }
      }
    }
    for _ in 0..<2 {
      let unit = bestUnit()
      guard unit != 0 else { break }
      let refitted = settle(fitted, d: unit)
      guard refitted.error < numbers.error else { break }
      numbers = refitted
    }
    settleRounding(largest: extremes.extreme)
    chooseLevels(input)
  }

  private func extreme(of group: SubBlockLanes) -> Lanes {
    group.values.reduce(.zero) {
      $0.replacing(with: $1, where: $1.magnitudes .> $0.magnitudes)
    }
  }

  /// The best scale of each sub-block, not rounded; negative where the extreme value is positive, so
  /// that the lowest level, the one that reaches farthest, stores it.
  private func fit(_ group: SubBlockLanes, extreme: Lanes) -> Lanes {
    // What is smaller is stored as zero anyway.
    let unit = Lanes.zero.replacing(with: 1 / extreme, where: extreme.magnitudes .> 0x1p-40)
    var (best, bestEnergy) = (Lanes.zero, Lanes(repeating: 1))
    func consider(_ inverse: Lanes) {
      let (xl, ll) = sums(group, inverse: inverse)
      // The error is lower than that of zeros by xl * xl / ll.
      let isBetter = xl * xl * bestEnergy .> best * best * ll
      best.replace(with: xl, where: isBetter)
      bestEnergy.replace(with: ll, where: isBetter)
    }
    for start in -3...3 { consider(unit * (lowest + 0.3 * Float(start))) }
    // Once more from the best fit, which may move a few levels.
    consider(bestEnergy * best.inverse)
    return best / bestEnergy
  }

  /// With the levels that `inverse` leads to: the sums of w x level and of w level level.
  private func sums(_ group: SubBlockLanes, inverse: Lanes) -> (xl: Lanes, ll: Lanes) {
    var (xl, ll) = (Lanes.zero, Lanes.zero)
    for i in 0..<16 {
      let level = (group.values[i] * inverse).nearestLevels(from: lowest, through: -lowest - 1)
      let weighted = group.weights[i] * level
      xl += weighted * group.values[i]
      ll += weighted * level
    }
    return (xl, ll)
  }

  private func squaredError(_ group: SubBlockLanes, scale: Lanes) -> Lanes {
    let inverse = scale.inverse
    var error = Lanes.zero
    for i in 0..<16 {
      let x = group.values[i]
      let level = (x * inverse).nearestLevels(from: lowest, through: -lowest - 1)
      let difference = x - scale * level
      error += group.weights[i] * difference * difference
    }
    return error
  }

  /// Chooses the scales for the unit `d`: of the two around a fitted one, the better.
  private func settle(_ fitted: [Lanes], d: Float) -> Numbers {
    let inverse = d == 0 ? 0 : 1 / d
    var scales = fitted
    var errors = fitted
    for (index, group) in groups.enumerated() {
      let lower = (fitted[index] * inverse - 0.5)
        .nearestLevels(from: lowestScale, through: -lowestScale - 2)
      let upper = lower + 1
      let lowerError = squaredError(group, scale: d * lower)
      let upperError = squaredError(group, scale: d * upper)
      scales[index] = lower.replacing(with: upper, where: upperError .< lowerError)
      errors[index] = upperError.smaller(lowerError)
    }
    return Numbers(d: d, scales: scales, error: errors.total)
  }

  /// The unit that suits the levels of `numbers` best, 0 where there is none.
  private func bestUnit() -> Float {
    let parts = zip(groups, numbers.scales).map { group, scale in
      let (xl, ll) = sums(group, inverse: (numbers.d * scale).inverse)
      return (xl: scale * xl, ll: scale * scale * ll)
    }
    let ll = parts.map(\.ll).total
    return HalfPrecision.rounded(parts.map(\.xl).total * (ll == 0 ? 0 : 1 / ll))
  }

  /// Stores a block of one magnitude (zeros aside) with the least rounding: any level and any scale
  /// may do it.
  private mutating func settleRounding(largest: Float) {
    let size = abs(largest)
    let rounding = abs(largest * (abs(d) < 0x1p-14 ? 0x1p-25 / abs(d) : 0x1p-11))
    guard numbers.error > 0, numbers.error <= 256 * rounding * rounding else { return }
    for group in groups {
      for x in group.values {
        let distance = x.magnitudes.smaller(size - x.magnitudes)
        if distance.max() > size * 0x1p-9 { return }
      }
    }
    var (least, bestLevel, unit) = (Float.infinity, lowest, Float(0))
    for level in stride(from: lowest, to: 0, by: 1) {
      for scale in stride(from: lowestScale, through: lowestScale / 2, by: 1) {
        let d = HalfPrecision.rounded(largest / (level * scale))
        let error = abs(largest - d * (level * scale))
        if error < least { (least, bestLevel, unit) = (error, level, d) }
      }
    }
    guard unit != 0 else { return }
    let fitted = Lanes(repeating: largest / bestLevel)
    let other = settle([fitted, fitted], d: unit)
    if other.error < numbers.error { numbers = other }
  }

  private mutating func chooseLevels(_ input: BlockInput) {
    let inverses = numbers.scales.map { (numbers.d * $0).inverse }
    for i in 0..<256 {
      let scaled = input.values[i] * inverses[i / 128][i / 16 % 8]
      let level = nearestLevel(scaled, from: Int32(lowest), through: Int32(-lowest - 1))
      levels[i] = UInt8(level - Int32(lowest))
    }
  }
}
