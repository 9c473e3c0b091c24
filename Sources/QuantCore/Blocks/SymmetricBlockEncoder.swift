/// Chooses the numbers of a block of 256 values in sixteen sub-blocks, each with a small signed
/// scale under one half-precision scale of the block.
///
/// First every sub-block gets the scale that suits it best. Then the scales are rounded to what
/// the block can store, and each is replaced by the best one nearby.
struct SymmetricBlockEncoder {
  /// The levels of a value.
  let levels: SymmetricSearch
  /// The scales that a sub-block can have, in units of ``d``.
  let range: ClosedRange<Int32>

  /// The block's scale of the scales.
  private(set) var d: Float = 0
  /// The scales of the sub-blocks, in units of ``d``.
  private(set) var scales = [Int32](repeating: 0, count: 16)

  private var fitted = [Float](repeating: 0, count: 16)

  init(levels: SymmetricSearch, scales: ClosedRange<Int32>) {
    self.levels = levels
    range = scales
  }

  /// Chooses all numbers for a block.
  mutating func encode(_ input: BlockInput) {
    var extreme: Float = 0
    for j in 0..<16 {
      let part = 16 * j..<16 * j + 16
      let scale = levels.scale(
        values: input.values.span.extracting(part), weights: input.weights.span.extracting(part))
      fitted[j] = scale
      if abs(scale) > abs(extreme) { extreme = scale }
    }
    // The lowest stored scale reaches farthest, so the largest scale gets it.
    d = HalfPrecision.rounded(extreme / Float(range.lowerBound))
    if d == 0, extreme != 0 {
      d = HalfPrecision.leastNonzero
    }
    for j in 0..<16 {
      let part = 16 * j..<16 * j + 16
      improve(
        subBlock: j, values: input.values.span.extracting(part),
        weights: input.weights.span.extracting(part))
    }
  }

  /// The level that stores `value` best in a sub-block.
  func level(of value: Float, subBlock j: Int) -> Int32 {
    let scale = d * Float(scales[j])
    guard scale != 0 else { return 0 }
    return nearestLevel(value / scale, from: levels.lowest, through: levels.highest)
  }

  /// Tries the stored scales around the sub-block's own.
  private mutating func improve(subBlock j: Int, values: Span<Float>, weights: Span<Float>) {
    guard d != 0 else {
      scales[j] = 0
      return
    }
    let nearest = nearestLevel(
      fitted[j] / d, from: range.lowerBound, through: range.upperBound)
    var bestError = Float.infinity
    scales[j] = nearest
    for scale in max(nearest - 1, range.lowerBound)...min(nearest + 1, range.upperBound) {
      let error = levels.squaredError(
        values: values, weights: weights, scale: d * Float(scale))
      if error < bestError {
        bestError = error
        scales[j] = scale
      }
    }
  }
}
