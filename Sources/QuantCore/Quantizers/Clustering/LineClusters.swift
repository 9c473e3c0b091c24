/// The best clusters of weighted points on a line.
enum LineClusters {
  struct Point {
    var value: Double
    var weight: Double
  }

  /// The centres, rising, of the `count` clusters with the least weighted squared distance to them.
  ///
  /// The best clusters are runs of the sorted points. With `cost(i, j)` that of one cluster of the
  /// points from `i` to `j`, the best cost of the first `j` in `k` clusters is the least of
  /// `best(k - 1, i) + cost(i, j)`; the best `i` does not fall as `j` grows, so that each `k` takes
  /// `n log n` steps. Where there are fewer points than clusters the last centre is repeated.
  static func centres(of points: [Point], count: Int) -> [Double] {
    var sorted = points.sorted { ($0.value, $0.weight) < ($1.value, $1.weight) }
    if !sorted.contains(where: { $0.weight > 0 }) {
      for i in sorted.indices { sorted[i].weight = 1 }
    }
    let sums = Sums(sorted)
    let n = sorted.count
    guard n > 0 else { return [Double](repeating: 0, count: count) }
    let used = min(count, n)
    var best = (0...n).map { $0 == 0 ? 0 : sums.cost(0, $0) }
    var starts: [[Int32]] = []
    for k in 1..<max(1, used) {
      var next = [Double](repeating: .infinity, count: n + 1)
      var start = [Int32](repeating: 0, count: n + 1)
      fill(&next, &start, from: best, sums, ends: k + 1...n, starts: k...n - 1)
      best = next
      starts.append(start)
    }
    var centres: [Double] = []
    var end = n
    for start in starts.reversed() {
      centres.append(sums.mean(Int(start[end]), end))
      end = Int(start[end])
    }
    centres.append(sums.mean(0, end))
    centres.reverse()
    while centres.count < count { centres.append(centres[centres.count - 1]) }
    return centres
  }

  /// Finds the best start of the last cluster for the middle one of `ends`, and then for those on
  /// either side, whose best starts lie on the same side.
  private static func fill(
    _ next: inout [Double], _ start: inout [Int32], from best: [Double], _ sums: Sums,
    ends: ClosedRange<Int>, starts: ClosedRange<Int>
  ) {
    let end = (ends.lowerBound + ends.upperBound) / 2
    var place = starts.lowerBound
    for i in starts.lowerBound...min(starts.upperBound, end - 1) {
      let cost = best[i] + sums.cost(i, end)
      if cost < next[end] {
        next[end] = cost
        place = i
      }
    }
    start[end] = Int32(truncatingIfNeeded: place)
    if ends.lowerBound < end {
      fill(
        &next, &start, from: best, sums, ends: ends.lowerBound...end - 1,
        starts: starts.lowerBound...place)
    }
    if end < ends.upperBound {
      fill(
        &next, &start, from: best, sums, ends: end + 1...ends.upperBound,
        starts: place...starts.upperBound)
    }
  }

  /// Sums over the first points, from which those over any run follow.
  private struct Sums {
    private var weights: [Double] = [0]
    private var products: [Double] = [0]
    private var squares: [Double] = [0]
    private let points: [Point]
    private let shift: Double

    init(_ points: [Point]) {
      self.points = points
      // Around the middle, so that the differences of squares keep their digits.
      shift = points.isEmpty ? 0 : points[points.count / 2].value
      var (w, p, s) = (0.0, 0.0, 0.0)
      for point in points {
        let value = point.value - shift
        w += point.weight
        p += point.weight * value
        s += point.weight * value * value
        weights.append(w)
        products.append(p)
        squares.append(s)
      }
    }

    /// What one cluster of the points from `i` up to, but not including, `j` costs.
    func cost(_ i: Int, _ j: Int) -> Double {
      let weight = weights[j] - weights[i]
      guard weight > 0 else { return 0 }
      let product = products[j] - products[i]
      return max(0, squares[j] - squares[i] - product * product / weight)
    }

    /// Their centre; the middle one where none matters.
    func mean(_ i: Int, _ j: Int) -> Double {
      let weight = weights[j] - weights[i]
      guard weight > 0 else { return points[(i + j) / 2].value }
      return shift + (products[j] - products[i]) / weight
    }
  }
}
