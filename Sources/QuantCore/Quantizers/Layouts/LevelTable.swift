/// The levels that the values of a block can have, before scaling.
public struct LevelTable: Sendable {
  /// The levels, rising.
  public let levels: [Float]
  /// The code of each.
  public let codes: [Int]

  /// The place of each code among the levels, or that of the nearest one.
  private let places: [Int]
  /// The middles between neighbouring levels; empty where all are one apart.
  private let middles: [Float]

  /// Whole levels one apart, whose codes count up from 0.
  public init(_ levels: ClosedRange<Int>) {
    self.init(levels.map { Float($0) })
  }

  /// Levels in the order of their codes. Of codes with the same level the first is used.
  ///
  /// - Parameters:
  ///   - byCode: Each code's level.
  ///   - unused: Codes never to choose.
  public init(_ byCode: [Float], unused: Set<Int> = []) {
    let order = byCode.indices.sorted { (byCode[$0], $0) < (byCode[$1], $1) }
    var codes: [Int] = []
    for code in order where !unused.contains(code) {
      if let last = codes.last, byCode[last] == byCode[code] { continue }
      codes.append(code)
    }
    let levels = codes.map { byCode[$0] }
    let isEven = zip(levels, levels.dropFirst()).allSatisfy { $1 - $0 == 1 }
    let middles = zip(levels, levels.dropFirst()).map { ($0 + $1) / 2 }
    self.codes = codes
    self.levels = levels
    self.middles = isEven ? [] : middles
    places = byCode.map { level in
      levels.indices.min { abs(levels[$0] - level) < abs(levels[$1] - level) } ?? 0
    }
  }

  /// The place of the level nearest to `value`; NaN gives the first.
  @inline(__always)
  public func nearest(_ value: Float) -> Int {
    if middles.isEmpty {
      return Int(nearestLevel(value - levels[0], from: 0, through: Int32(levels.count - 1)))
    }
    var (low, high) = (0, middles.count)
    while low < high {
      let middle = (low + high) / 2
      if middles[middle] < value { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// The place of a code's level.
  func place(ofCode code: Int) -> Int { code < places.count ? places[code] : 0 }

  /// The level of the largest magnitude; the negative one of two.
  var extreme: Float {
    let (low, high) = (levels.first ?? 0, levels.last ?? 0)
    return abs(low) >= abs(high) ? low : high
  }
}
