/// Finds `scale` and `minimum`, neither negative, for which `scale * level - minimum`, with levels
/// from 0 to `highest`, is nearest to the values of each of eight sub-blocks: the least weighted
/// squared error.
///
/// Given the levels this is a line through points, whose best fit is known; given the line, the
/// best levels are the nearest ones. So the search takes a number of starting lines, finds the levels
/// of each, fits the line, and once more.
struct LineSearch {
  /// The highest level: 15 for 4 bits.
  var highest: Float

  /// Lines, or their numbers in units of a block.
  struct Line {
    var scale: Lanes
    /// The distance of the lowest level below zero.
    var minimum: Lanes

    @inline(__always)
    mutating func replace(with other: Line, where mask: SIMDMask<Lanes.MaskStorage>) {
      scale.replace(with: other.scale, where: mask)
      minimum.replace(with: other.minimum, where: mask)
    }
  }

  /// Sums over the values: w, w x, and with a line's levels w level, w x level, w level level; and
  /// the line's weighted squared error.
  struct Sums {
    var w = Lanes.zero
    var x = Lanes.zero
    var l = Lanes.zero
    var xl = Lanes.zero
    var ll = Lanes.zero
    var error = Lanes.zero
  }

  /// What a start adds to the number of levels that span the values, and by how many levels the
  /// lowest level lies below them.
  private typealias Start = (levels: Float, below: Float)

  private static let narrowStarts: [Start] = [
    (-1.1, 0), (-0.6, 0), (-0.1, 0), (0.4, 0), (0.9, 0), (-0.3, 0.5), (0.3, 0.5),
  ]
  private static let wideStarts: [Start] = [(-0.8, -0.4), (0, -0.4)]

  /// The best lines: with the lowest level at or below the lowest value to start with, and with all
  /// starts. The wider search is sometimes worse for a block, whose unit the largest scale decides.
  func lines(of group: SubBlockLanes) -> (narrow: Line, wide: Line) {
    let low = group.values.reduce(Lanes.zero) { $1.smaller($0) }
    let high = group.values.reduce(group.values[0]) { $0.larger($1) }
    let range = high - low
    var best = Line(scale: range / highest, minimum: -low)
    var least = Lanes(repeating: .infinity)
    func consider(_ start: Start) {
      let levels = 1 / (highest + start.levels)
      let below = start.below / highest
      // A smaller range is stored as one value anyway.
      var line = Line(
        scale: Lanes.zero.replacing(with: range * levels, where: range .> 0x1p-40),
        minimum: range * below - low)
      for fit in 0...2 {
        let sums = fit < 2 ? measure(group, line) : Sums(error: squaredError(group, line))
        best.replace(with: line, where: sums.error .< least)
        least = sums.error.smaller(least)
        if fit < 2 { line = self.fit(sums, from: line) }
      }
    }
    Self.narrowStarts.forEach(consider)
    let narrow = best
    Self.wideStarts.forEach(consider)
    return (narrow, best)
  }

  /// The sums for a line.
  func measure(_ group: SubBlockLanes, _ line: Line) -> Sums {
    let inverse = line.scale.inverse
    var sums = Sums()
    for i in group.values.indices {
      let (x, w) = (group.values[i], group.weights[i])
      let shifted = x + line.minimum
      let level = (shifted * inverse).nearestLevels(from: 0, through: highest)
      let weighted = w * level
      let difference = shifted - line.scale * level
      sums.w += w
      sums.x += w * x
      sums.l += weighted
      sums.xl += weighted * x
      sums.ll += weighted * level
      sums.error += w * difference * difference
    }
    return sums
  }

  /// The weighted squared error of storing the values on a line.
  func squaredError(_ group: SubBlockLanes, _ line: Line) -> Lanes {
    let inverse = line.scale.inverse
    var error = Lanes.zero
    for i in group.values.indices {
      let shifted = group.values[i] + line.minimum
      let level = (shifted * inverse).nearestLevels(from: 0, through: highest)
      let difference = shifted - line.scale * level
      error += group.weights[i] * difference * difference
    }
    return error
  }

  /// The line that suits the levels of `line` best; `line` where there is none.
  private func fit(_ s: Sums, from line: Line) -> Line {
    let determinant = s.w * s.ll - s.l * s.l
    let scale = (s.w * s.xl - s.x * s.l) / determinant
    let minimum = (s.l * s.xl - s.ll * s.x) / determinant
    // The lowest level cannot lie above zero: then a line through the origin.
    let isBelow = (minimum .> 0) .& (determinant .> 1e-5 * s.w * s.ll)
    let fitted = Line(
      scale: (s.xl / s.ll).replacing(with: scale, where: isBelow),
      minimum: Lanes.zero.replacing(with: minimum, where: isBelow))
    let isUsable =
      (fitted.scale .> 0x1p-60) .& (fitted.scale .< 1e9) .& (fitted.minimum .< 1e9)
    var result = line
    result.replace(with: fitted, where: isUsable)
    return result
  }
}
