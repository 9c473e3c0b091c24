/// Eight values at a time: the searches run over each sub-block many times, and sums of single
/// floats, which the compiler must add in order, would take most of their time.
typealias Lanes = SIMD8<Float>

extension Lanes {
  /// How many values one has.
  static var width: Int { 8 }

  /// The whole numbers nearest to the values, ties to even, within a range below 2^22.
  @inline(__always)
  func nearestLevels(from lowest: Float, through highest: Float) -> Lanes {
    let magic: Float = 12_582_912
    var limited = replacing(with: lowest, where: self .< lowest)
    limited.replace(with: highest, where: limited .> highest)
    return (limited + magic) - magic
  }
}

extension Span<Float> {
  /// The eight values from `index` on.
  @inline(__always)
  func lanes(_ index: Int) -> Lanes {
    bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: 4 * index, as: Lanes.self)
  }
}
