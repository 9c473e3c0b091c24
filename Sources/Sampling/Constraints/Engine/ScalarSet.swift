/// A set of Unicode scalar values, as disjoint rising ranges.
struct ScalarSet: Hashable, Sendable {
  /// The ranges: rising, not touching, without surrogates.
  private(set) var ranges: [ClosedRange<UInt32>] = []

  /// All scalar values.
  static let all = ScalarSet(0...0x10FFFF)

  /// A range, without its surrogates.
  init(_ range: ClosedRange<UInt32>) { self.init([range]) }

  /// The union of ranges, without surrogates.
  init(_ ranges: [ClosedRange<UInt32>]) {
    for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if range.lowerBound < 0xD800 {
        append(range.lowerBound...min(range.upperBound, 0xD7FF))
      }
      if range.upperBound > 0xDFFF, range.lowerBound <= 0x10FFFF {
        append(max(range.lowerBound, 0xE000)...min(range.upperBound, 0x10FFFF))
      }
    }
  }

  private mutating func append(_ range: ClosedRange<UInt32>) {
    guard let last = ranges.last, range.lowerBound <= last.upperBound &+ 1 else {
      return ranges.append(range)
    }
    // The surrogates lie between, but no scalar value.
    ranges[ranges.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
  }

  var isEmpty: Bool { ranges.isEmpty }

  func contains(_ scalar: UInt32) -> Bool { intersects(scalar...scalar) }

  func intersects(_ range: ClosedRange<UInt32>) -> Bool { first(in: range) != nil }

  /// The least member in a range.
  func first(in range: ClosedRange<UInt32>) -> UInt32? {
    var low = 0
    var high = ranges.count
    while low < high {
      let middle = (low + high) / 2
      if ranges[middle].upperBound < range.lowerBound { low = middle + 1 } else { high = middle }
    }
    guard low < ranges.count, ranges[low].lowerBound <= range.upperBound else { return nil }
    return max(ranges[low].lowerBound, range.lowerBound)
  }

  /// All scalar values that are not members.
  var complement: ScalarSet {
    var gaps: [ClosedRange<UInt32>] = []
    var next: UInt32 = 0
    for range in ranges {
      if range.lowerBound > next { gaps.append(next...range.lowerBound - 1) }
      next = range.upperBound + 1
    }
    if next <= 0x10FFFF { gaps.append(next...0x10FFFF) }
    return ScalarSet(gaps)
  }

  func union(_ other: ScalarSet) -> ScalarSet { ScalarSet(ranges + other.ranges) }
}
