/// Finds the points and signs of eight values for which a quadratic form of their error is small.
///
/// The nearest points by the form's diagonal are tried in full, with other signs too. This need not
/// find the very best, as the number of combinations is too large to try.
struct PointSearch {
  /// What a unit is stored as.
  struct Choice {
    var points: [Int]
    var signs: Int
    /// The error's quadratic form, over the squared scale.
    var cost: Float
    /// The points with their signs.
    var values: Lanes
  }

  private let table: PointTable
  private let isSigned: Bool
  private let isEven: Bool
  /// How many points are tried in full; of a unit of two points, for each of them.
  private let shortlist: Int

  init(_ table: PointTable) {
    self.table = table
    switch table.signs {
    case .inPoints: (isSigned, isEven) = (false, false)
    case .free: (isSigned, isEven) = (true, false)
    case .even: (isSigned, isEven) = (true, true)
    }
    shortlist = table.dimension == 8 ? 16 : 6
  }

  /// The choice for a target in units of the scale.
  ///
  /// - Parameters:
  ///   - target: The wanted values, over the scale.
  ///   - metric: The form: a positive definite matrix of 8 by 8, row by row.
  func nearest(_ target: Lanes, metric: [Lanes]) -> Choice {
    var weights = Lanes.zero
    for i in 0..<8 { weights[i] = metric[i][i] }
    var signs = isSigned ? Self.signs(of: target) : 0
    if isEven && signs.nonzeroBitCount & 1 == 1 {
      let products = weights * target.magnitudes
      var least = 0
      for i in 1..<8 where products[i] < products[least] { least = i }
      signs ^= 1 << least
    }
    var best = choice(target, weights: weights, metric: metric, signs: signs)
    guard isSigned else { return best }
    // Where the columns depend on each other, other signs may do better.
    let flips = isEven ? Self.pairs : Self.singles
    for flip in flips {
      let other = best.signs ^ flip
      let cost = cost(point(best.points), signs: other, target: target, metric: metric)
      if cost < best.cost {
        best.cost = cost
        best.signs = other
        best.values = point(best.points) * Self.factors(other)
      }
    }
    if best.signs != signs {
      let other = choice(target, weights: weights, metric: metric, signs: best.signs)
      if other.cost < best.cost { best = other }
    }
    return best
  }

  /// The best points for given signs.
  private func choice(_ target: Lanes, weights: Lanes, metric: [Lanes], signs: Int) -> Choice {
    let wanted = target * Self.factors(signs)
    var best = Choice(points: [], signs: signs, cost: .infinity, values: .zero)
    func consider(_ points: [Int]) {
      let values = point(points)
      let cost = cost(values, signs: signs, target: target, metric: metric)
      guard cost < best.cost else { return }
      best = Choice(
        points: points, signs: signs, cost: cost, values: values * Self.factors(signs))
    }
    let lower = nearestPoints(wanted, weights: weights, group: 0)
    if table.dimension == 8 {
      for first in lower { consider([first]) }
    } else {
      let upper = nearestPoints(wanted, weights: weights, group: 1)
      for first in lower {
        for second in upper { consider([first, second]) }
      }
    }
    return best
  }

  /// The numbers of the points nearest to one group of a unit, by the form's diagonal.
  private func nearestPoints(_ wanted: Lanes, weights: Lanes, group: Int) -> [Int] {
    let coordinates = table.coordinates.span
    var found: [Int] = []
    var costs: [Float] = []
    found.reserveCapacity(shortlist + 1)
    costs.reserveCapacity(shortlist + 1)
    var bound = Float.infinity
    for index in 0..<table.count {
      let cost: Float
      if table.dimension == 8 {
        let difference = wanted - coordinates.lanes(8 * index)
        cost = (weights * difference * difference).sum()
      } else {
        let half = group == 0 ? wanted.lowHalf : wanted.highHalf
        let halfWeights = group == 0 ? weights.lowHalf : weights.highHalf
        let point = coordinates.bytes.unsafeLoadUnaligned(
          fromUncheckedByteOffset: 16 * index, as: SIMD4<Float>.self)
        let difference = half - point
        cost = (halfWeights * difference * difference).sum()
      }
      guard cost < bound else { continue }
      var place = costs.count
      while place > 0, costs[place - 1] > cost { place -= 1 }
      costs.insert(cost, at: place)
      found.insert(index, at: place)
      if costs.count > shortlist {
        costs.removeLast()
        found.removeLast()
      }
      if costs.count == shortlist { bound = costs[shortlist - 1] }
    }
    return found
  }

  private func point(_ numbers: [Int]) -> Lanes {
    let coordinates = table.coordinates.span
    if table.dimension == 8 { return coordinates.lanes(8 * numbers[0]) }
    var point = Lanes.zero
    for i in 0..<4 {
      point[i] = coordinates[4 * numbers[0] + i]
      point[4 + i] = coordinates[4 * numbers[1] + i]
    }
    return point
  }

  @inline(__always)
  private func cost(_ point: Lanes, signs: Int, target: Lanes, metric: [Lanes]) -> Float {
    let error = target - point * Self.factors(signs)
    var product = Lanes.zero
    for i in 0..<8 { product += error[i] * metric[i] }
    return (error * product).sum()
  }

  private static func signs(of values: Lanes) -> Int {
    var signs = 0
    for i in 0..<8 where values[i] < 0 { signs |= 1 << i }
    return signs
  }

  @inline(__always)
  private static func factors(_ signs: Int) -> Lanes {
    var factors = Lanes(repeating: 1)
    for i in 0..<8 where signs >> i & 1 == 1 { factors[i] = -1 }
    return factors
  }

  private static let singles = (0..<8).map { 1 << $0 }
  private static let pairs = (0..<8).flatMap { i in (0..<i).map { 1 << i | 1 << $0 } }
}
