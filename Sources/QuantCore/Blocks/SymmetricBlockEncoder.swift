/// Chooses the numbers of a block of 256 values in sixteen sub-blocks, each with a small signed
/// scale under one half-precision unit of the block.
///
/// 1. Every sub-block gets the scale that suits it best.
/// 2. The scales are rounded to what the block can store, and each is replaced by the best one
///    nearby.
/// 3. Given all small numbers, the best unit is known (a linear fit). It replaces the first one,
///    and step 2 is done again, as long as that helps.
struct SymmetricBlockEncoder {
  /// What the block stores beside the levels.
  struct Numbers {
    /// The unit of the scales.
    var d: Float = 0
    /// The scales of the sub-blocks, in units of `d`.
    var scales = [Int32](repeating: 0, count: 16)
  }

  /// The numbers chosen last.
  private(set) var numbers = Numbers()

  private let levels: SymmetricSearch
  private let range: ClosedRange<Int32>
  private let refits = 2
  private var fitted = [Float](repeating: 0, count: 16)

  /// An encoder for values of some levels, and sub-block scales within `scales`.
  init(levels: SymmetricSearch, scales: ClosedRange<Int32>) {
    self.levels = levels
    range = scales
  }

  /// Chooses all numbers for a block.
  mutating func encode(_ input: BlockInput) {
    let values = input.values.span
    let weights = input.weights.span
    var extreme: Float = 0
    for j in 0..<16 {
      let part = 16 * j..<16 * j + 16
      fitted[j] = levels.scale(values: values.extracting(part), weights: weights.extracting(part))
      if abs(fitted[j]) > abs(extreme) { extreme = fitted[j] }
    }
    // The lowest stored scale reaches farthest, so the largest scale gets it.
    numbers.d = HalfPrecision.unit(extreme / Float(range.lowerBound))
    var error = settle(&numbers, values: values, weights: weights)
    for _ in 0..<refits {
      guard var refitted = refit(numbers, values: values, weights: weights) else { return }
      let refittedError = settle(&refitted, values: values, weights: weights)
      guard refittedError < error else { return }
      error = refittedError
      numbers = refitted
    }
  }

  /// The level that stores `value` best in sub-block `j`.
  @inline(__always)
  func level(of value: Float, subBlock j: Int) -> Int32 {
    levels.level(of: value, scale: numbers.d * Float(numbers.scales[j]))
  }

  /// Chooses the scales for the unit of `numbers`, and gives the block's error.
  private func settle(
    _ numbers: inout Numbers, values: Span<Float>, weights: Span<Float>
  ) -> Float {
    let inverse = numbers.d == 0 ? 0 : 1 / numbers.d
    var total: Float = 0
    for j in 0..<16 {
      let part = 16 * j..<16 * j + 16
      let nearest = nearestLevel(
        fitted[j] * inverse, from: range.lowerBound, through: range.upperBound)
      numbers.scales[j] = nearest
      var best = Float.infinity
      for scale in max(nearest - 1, range.lowerBound)...min(nearest + 1, range.upperBound) {
        let error = levels.squaredError(
          values: values.extracting(part), weights: weights.extracting(part),
          scale: numbers.d * Float(scale))
        if error < best {
          best = error
          numbers.scales[j] = scale
        }
      }
      total += best
    }
    return total
  }

  /// The same numbers with the unit that suits them best; `nil` where it is not to be had.
  private func refit(
    _ numbers: Numbers, values: Span<Float>, weights: Span<Float>
  ) -> Numbers? {
    var (sumXA, sumAA) = (Float(0), Float(0))
    for j in 0..<16 {
      let scale = Float(numbers.scales[j])
      for i in 16 * j..<16 * j + 16 {
        let x = values[unchecked: i]
        let a = scale * Float(levels.level(of: x, scale: numbers.d * scale))
        sumXA += weights[unchecked: i] * x * a
        sumAA += weights[unchecked: i] * a * a
      }
    }
    guard sumAA > 0 else { return nil }
    var refitted = numbers
    refitted.d = HalfPrecision.rounded(sumXA / sumAA)
    return refitted.d == 0 ? nil : refitted
  }
}
