/// Chooses the numbers of a block of 256 values in equal sub-blocks, each with a small signed
/// scale under one half-precision unit of the block.
///
/// 1. Every sub-block gets the scale that suits it best.
/// 2. The scales are rounded to what the block can store, and each is replaced by the best one
///    nearby.
/// 3. Given all small numbers, the best unit is known (a linear fit). It replaces the first one,
///    and step 2 is done again, as long as that helps.
struct SymmetricBlockEncoder<Levels: ScaledLevels> {
  /// What the block stores beside the levels.
  struct Numbers {
    /// The unit of the scales.
    var d: Float = 0
    /// The scales of the sub-blocks, in units of `d`.
    var scales: [Int32]
  }

  /// The numbers chosen last.
  private(set) var numbers: Numbers

  private let levels: Levels
  private let range: ClosedRange<Int32>
  private let refits = 2
  private let size: Int
  private var fitted: [Float]

  /// An encoder for values of some levels, `subBlocks` sub-blocks, and scales within `scales`.
  init(levels: Levels, subBlocks: Int = 16, scales: ClosedRange<Int32>) {
    self.levels = levels
    range = scales
    size = 256 / subBlocks
    fitted = [Float](repeating: 0, count: subBlocks)
    numbers = Numbers(scales: [Int32](repeating: 0, count: subBlocks))
  }

  /// Chooses all numbers for a block.
  mutating func encode(_ input: BlockInput) {
    let values = input.values.span
    let weights = input.weights.span
    var extreme: Float = 0
    for j in fitted.indices {
      let part = size * j..<size * (j + 1)
      fitted[j] = levels.scale(values: values.extracting(part), weights: weights.extracting(part))
      if abs(fitted[j]) > abs(extreme) { extreme = fitted[j] }
    }
    // The lowest stored scale reaches farthest, so the largest scale gets it.
    numbers.d = HalfPrecision.unit(extreme / Float(range.lowerBound))
    var error = settle(&numbers, values: values, weights: weights)
    let largest = input.values.reduce(0) { abs($1) > abs($0) ? $1 : $0 }
    if error <= 1e-3 * largest * largest {
      error = settleRounding(error, largest: largest, values: values, weights: weights)
    }
    for _ in 0..<refits {
      guard var refitted = refit(numbers, values: values, weights: weights) else { return }
      let refittedError = settle(&refitted, values: values, weights: weights)
      guard refittedError < error else { return }
      error = refittedError
      numbers = refitted
    }
  }

  /// The scale of sub-block `j`.
  @inline(__always)
  func scale(subBlock j: Int) -> Float { numbers.d * Float(numbers.scales[j]) }

  /// Tries other units where next to nothing but the rounding of the unit is left of the error, as
  /// in a block with one magnitude: any level may store it, and some unit is rounded less.
  private mutating func settleRounding(
    _ error: Float, largest: Float, values: Span<Float>, weights: Span<Float>
  ) -> Float {
    var least = error
    var best = fitted
    for level in levels.extremes {
      fitted = [Float](repeating: largest / level, count: fitted.count)
      for step in 0..<8 {
        var other = numbers
        other.d = HalfPrecision.unit(largest / level / Float(range.lowerBound + Int32(step)))
        let otherError = settle(&other, values: values, weights: weights)
        if otherError < least {
          least = otherError
          numbers = other
          best = fitted
        }
      }
    }
    fitted = best
    return least
  }

  /// Chooses the scales for the unit of `numbers`, and gives the block's error.
  private func settle(
    _ numbers: inout Numbers, values: Span<Float>, weights: Span<Float>
  ) -> Float {
    let inverse = numbers.d == 0 ? 0 : 1 / numbers.d
    var total: Float = 0
    for j in fitted.indices {
      let part = size * j..<size * (j + 1)
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
    for j in fitted.indices {
      let scale = Float(numbers.scales[j])
      for i in size * j..<size * (j + 1) {
        let x = values[unchecked: i]
        let a = scale * levels.levelValue(of: x, scale: numbers.d * scale)
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
