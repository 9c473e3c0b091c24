/// Chooses the numbers of a block of 256 values in equal sub-blocks, each with a small scale and
/// a small minimum under two half-precision units of the block.
///
/// 1. Every sub-block gets the line that suits it best; see `LineSearch`.
/// 2. The lines are rounded to what the block can store, and each is replaced by the best one
///    nearby: the rounding of a scale can be made up for by its minimum, and the other way round.
/// 3. Given all small numbers, the best two units are known (a linear fit). They replace the
///    first ones, and step 2 is done again, as long as that helps.
///
/// The fast codecs do the same operations in the same order.
struct AffineBlockEncoder {
  /// What the block stores beside the levels.
  struct Numbers {
    /// The unit of the scales.
    var d: Float = 0
    /// The unit of the minimums.
    var dmin: Float = 0
    /// The scales and minimums of the sub-blocks, in units of these.
    var lines: [LineSearch.Line] = []
    /// The weighted squared error of the block.
    var error: Float = 0
  }

  /// The numbers chosen last.
  private(set) var numbers = Numbers()
  /// The levels chosen last.
  private(set) var levels = [UInt8](repeating: 0, count: 256)
  /// The scales of the sub-blocks, in units of `d`.
  var scales: [UInt8] { numbers.lines.flatMap { line in (0..<8).map { UInt8(line.scale[$0]) } } }
  /// The minimums of the sub-blocks, in units of `dmin`.
  var minimums: [UInt8] {
    numbers.lines.flatMap { line in (0..<8).map { UInt8(line.minimum[$0]) } }
  }

  private let search: LineSearch
  private let highestScale: Float
  private let size: Int
  private var groups: [SubBlockLanes]

  /// An encoder for levels from 0 to `highest`, and `subBlocks` sub-blocks with scales and
  /// minimums from 0 to `highestScale`.
  init(highest: Int32, subBlocks: Int = 8, highestScale: Int32 = SixBitScales.highest) {
    search = LineSearch(highest: Float(highest))
    self.highestScale = Float(highestScale)
    size = 256 / subBlocks
    groups = [SubBlockLanes](
      repeating: SubBlockLanes(size: size), count: subBlocks / Lanes.width)
  }

  /// Chooses all numbers for a block.
  mutating func encode(_ input: BlockInput) {
    for index in groups.indices {
      groups[index].load(input, at: Lanes.width * size * index)
    }
    let fits = groups.map(search.lines(of:))
    var fitted = fits.map(\.narrow)
    numbers = settle(fitted)
    let wide = settle(fits.map(\.wide))
    if wide.error < numbers.error {
      numbers = wide
      fitted = fits.map(\.wide)
    }
    if fitted.map(\.scale).smallest < fitted.map(\.scale).largest * 0.25 { settleUnits(fitted) }
    for _ in 0..<2 {
      guard let refitted = refit(fitted), refitted.error < numbers.error else { break }
      numbers = refitted
    }
    settleRounding(input.values)
    chooseLevels(input)
  }

  /// Chooses units for the largest scale and the largest minimum, and all numbers for these.
  private func settle(_ fitted: [LineSearch.Line]) -> Numbers {
    settle(
      fitted, d: HalfPrecision.unit(fitted.map(\.scale).largest / highestScale),
      dmin: HalfPrecision.unit(fitted.map(\.minimum).largest / highestScale))
  }

  /// Chooses the scales and minimums for two units, each among `count` near the fitted one.
  private func settle(
    _ fitted: [LineSearch.Line], d: Float, dmin: Float, count: Int = 3
  ) -> Numbers {
    let before = 0.5 * Float(count - 1)
    let last = highestScale - Float(count - 1)
    let inverse = d == 0 ? 0 : 1 / d
    let minimumInverse = dmin == 0 ? 0 : 1 / dmin
    var lines = fitted
    var errors: [Lanes] = []
    for (index, group) in groups.enumerated() {
      let scale = (fitted[index].scale * inverse - before).nearestLevels(from: 0, through: last)
      let minimum = (fitted[index].minimum * minimumInverse - before)
        .nearestLevels(from: 0, through: last)
      var best = LineSearch.Line(scale: scale, minimum: minimum)
      var least = Lanes(repeating: .infinity)
      for i in 0..<count {
        for k in 0..<count {
          let line = LineSearch.Line(scale: scale + Float(i), minimum: minimum + Float(k))
          let error = search.squaredError(
            group, LineSearch.Line(scale: d * line.scale, minimum: dmin * line.minimum))
          best.replace(with: line, where: error .< least)
          least = error.smaller(least)
        }
      }
      lines[index] = best
      errors.append(least)
    }
    return Numbers(d: d, dmin: dmin, lines: lines, error: errors.total)
  }

  /// Tries other units where some sub-blocks have far smaller scales than others: theirs are stored
  /// coarsely, and another unit may suit them better.
  private mutating func settleUnits(_ fitted: [LineSearch.Line]) {
    let factors: [Float] = [
      2.7, 2.3, 2, 1.8, 1.6, 1.45, 1.3, 1.2, 1.1, 0.95, 0.9, 0.85, 0.8, 0.75, 0.7, 0.6, 0.5, 0.4,
    ]
    let scale = fitted.map(\.scale).largest / highestScale
    let minimum = fitted.map(\.minimum).largest / highestScale
    for ofScales in [false, true] {
      let (d, dmin) = (numbers.d, numbers.dmin)
      for factor in factors {
        let other = settle(
          fitted, d: ofScales ? HalfPrecision.unit(scale * factor) : d,
          dmin: ofScales ? dmin : HalfPrecision.unit(minimum * factor), count: 2)
        if other.error < numbers.error { numbers = other }
      }
    }
  }

  /// The units that suit the levels best, and all numbers for these; `nil` where there are none.
  private func refit(_ fitted: [LineSearch.Line]) -> Numbers? {
    // value = d * (scale * level) - dmin * minimum.
    var parts: [(ss: Lanes, sm: Lanes, mm: Lanes, xs: Lanes, xm: Lanes)] = []
    for (group, line) in zip(groups, numbers.lines) {
      let (s, m) = (line.scale, line.minimum)
      let sums = search.measure(
        group, LineSearch.Line(scale: numbers.d * s, minimum: numbers.dmin * m))
      parts.append((s * s * sums.ll, s * m * sums.l, m * m * sums.w, s * sums.xl, m * sums.x))
    }
    let ss = parts.map(\.ss).total
    let sm = parts.map(\.sm).total
    let mm = parts.map(\.mm).total
    let xs = parts.map(\.xs).total
    let xm = parts.map(\.xm).total
    let determinant = ss * mm - sm * sm
    var (d, dmin) = (xs / ss, Float(0))
    if determinant > 1e-4 * ss * mm {
      d = (xs * mm - xm * sm) / determinant
      dmin = (xs * sm - xm * ss) / determinant
    } else if mm != 0 {
      return nil
    }
    guard d > 0x1p-25, d < 1e9, dmin >= 0, dmin < 1e9 else { return nil }
    return settle(fitted, d: HalfPrecision.rounded(d), dmin: HalfPrecision.rounded(dmin))
  }

  /// Stores a block of one value, with zeros below it or alone, with the least rounding: any level
  /// and any scale may do it, or any minimum.
  private mutating func settleRounding(_ values: [Float]) {
    let low = values.min() ?? 0
    let high = values.max() ?? 0
    let isPositive = high > 0
    let magnitude = abs(isPositive ? high : low)
    let near = magnitude * 0x1p-9
    guard numbers.error > 0, low == 0 || high - low <= near,
      values.allSatisfy({ min($0 - low, high - $0) <= near })
    else { return }
    var (least, bestLevel, unit) = (Float.infinity, Float(1), Float(0))
    for level in stride(from: isPositive ? search.highest : 1, to: 0, by: -1) {
      for scale in stride(from: highestScale, to: highestScale / 2, by: -1) {
        let d = HalfPrecision.rounded(magnitude / (level * scale))
        let error = abs(magnitude - d * (level * scale))
        if error < least { (least, bestLevel, unit) = (error, level, d) }
      }
    }
    let line = LineSearch.Line(
      scale: Lanes(repeating: isPositive ? magnitude / bestLevel : 0),
      minimum: Lanes(repeating: isPositive ? 0 : magnitude))
    let other = settle(
      groups.map { _ in line }, d: isPositive ? unit : 0, dmin: isPositive ? 0 : unit)
    if other.error < numbers.error { numbers = other }
  }

  private mutating func chooseLevels(_ input: BlockInput) {
    for (group, line) in numbers.lines.enumerated() {
      let inverse = (numbers.d * line.scale).inverse
      let minimum = numbers.dmin * line.minimum
      for lane in 0..<Lanes.width {
        let first = size * (Lanes.width * group + lane)
        for i in first..<first + size {
          let scaled = (input.values[i] + minimum[lane]) * inverse[lane]
          levels[i] = UInt8(nearestLevel(scaled, from: 0, through: Int32(search.highest)))
        }
      }
    }
  }
}
