/// Eight values at a time: one of each of eight sub-blocks, so that searches need no sums across,
/// or eight of the same.
typealias Lanes = SIMD8<Float>

extension Lanes {
  /// How many values one has.
  static var width: Int { 8 }

  /// The whole numbers nearest to the values, ties to even, within a range below 2^22; NaN gives
  /// the lowest.
  @inline(__always)
  func nearestLevels(from lowest: Float, through highest: Float) -> Lanes {
    let magic: Float = 12_582_912
    var limited = Lanes(repeating: lowest).replacing(with: self, where: self .> lowest)
    limited = Lanes(repeating: highest).replacing(with: limited, where: limited .< highest)
    return (limited + magic) - magic
  }

  /// 1 over the values, and 0 for 0.
  @inline(__always)
  var inverse: Lanes { Lanes.zero.replacing(with: 1 / self, where: self .!= 0) }

  /// The values without their signs.
  @inline(__always)
  var magnitudes: Lanes { replacing(with: -self, where: self .< 0) }

  /// The larger of each two.
  @inline(__always)
  func larger(_ other: Lanes) -> Lanes { other.replacing(with: self, where: self .> other) }

  /// The smaller of each two.
  @inline(__always)
  func smaller(_ other: Lanes) -> Lanes { other.replacing(with: self, where: self .< other) }
}

extension [Lanes] {
  /// The sum over eight or sixteen sub-blocks, in the order in which the fast codecs add: those eight
  /// apart, four, two, one.
  @inline(__always)
  var total: Float {
    let eight = dropFirst().reduce(self[0], +)
    let four = eight.lowHalf + eight.highHalf
    let two = four.lowHalf + four.highHalf
    return two[0] + two[1]
  }

  /// The largest.
  var largest: Float { reduce(-.infinity) { $0 > $1.max() ? $0 : $1.max() } }

  /// The smallest.
  var smallest: Float { -map { -$0 }.largest }

  /// The one of the largest magnitude; the positive one of two.
  var extreme: Float { largest >= -smallest ? largest : smallest }
}

extension Span<Float> {
  /// The eight values from `index` on.
  @inline(__always)
  func lanes(_ index: Int) -> Lanes {
    bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: 4 * index, as: Lanes.self)
  }
}
