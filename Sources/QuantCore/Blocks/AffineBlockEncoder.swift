/// Chooses the numbers of a block of 256 values in eight sub-blocks, each with a 6-bit scale and
/// a 6-bit minimum under two half-precision units of the block.
///
/// 1. Every sub-block gets the line that suits it best.
/// 2. The lines are rounded to what the block can store, and each is replaced by the best one
///    nearby: the rounding of a scale can be made up for by its minimum, and the other way round.
/// 3. Given all small numbers, the best two units are known (a linear fit). They replace the
///    first ones, and step 2 is done again, as long as that helps.
struct AffineBlockEncoder {
  /// What the block stores beside the levels.
  struct Numbers {
    /// The unit of the scales.
    var d: Float = 0
    /// The unit of the minimums.
    var dmin: Float = 0
    /// The scales of the sub-blocks, in units of `d`.
    var scales = [UInt8](repeating: 0, count: 8)
    /// The minimums of the sub-blocks, in units of `dmin`.
    var minimums = [UInt8](repeating: 0, count: 8)

    /// The line of sub-block `j`.
    @inline(__always)
    func line(_ j: Int) -> AffineSearch.Line {
      AffineSearch.Line(scale: d * Float(scales[j]), minimum: dmin * Float(minimums[j]))
    }
  }

  /// The numbers chosen last.
  private(set) var numbers = Numbers()

  private let search: AffineSearch
  private let refits = 2
  private var lines = [AffineSearch.Line](repeating: .init(), count: 8)

  /// An encoder for levels from 0 to `highest`.
  init(highest: Int32) {
    search = AffineSearch(highest: highest)
  }

  /// Chooses all numbers for a block.
  mutating func encode(_ input: BlockInput) {
    let values = input.values.span
    let weights = input.weights.span
    var largest = AffineSearch.Line()
    for j in 0..<8 {
      let part = 32 * j..<32 * j + 32
      lines[j] = search.line(values: values.extracting(part), weights: weights.extracting(part))
      largest.scale = max(largest.scale, lines[j].scale)
      largest.minimum = max(largest.minimum, lines[j].minimum)
    }
    let highest = Float(SixBitScales.highest)
    numbers.d = HalfPrecision.unit(largest.scale / highest)
    numbers.dmin = HalfPrecision.unit(largest.minimum / highest)
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
    search.level(of: value, on: numbers.line(j))
  }

  /// Chooses the scales and minimums for the units of `numbers`, and gives the block's error.
  private func settle(
    _ numbers: inout Numbers, values: Span<Float>, weights: Span<Float>
  ) -> Float {
    var total: Float = 0
    for j in 0..<8 {
      let part = 32 * j..<32 * j + 32
      let (values, weights) = (values.extracting(part), weights.extracting(part))
      let scale = Self.steps(of: lines[j].scale, in: numbers.d)
      numbers.scales[j] = UInt8(truncatingIfNeeded: scale)
      numbers.minimums[j] = 0
      var best = Float.infinity
      for s in max(scale - 1, 0)...min(scale + 1, SixBitScales.highest) {
        // Another scale wants another minimum: that of the line's own levels, and those beside.
        var line = AffineSearch.Line(scale: numbers.d * Float(s), minimum: lines[j].minimum)
        line.minimum = search.minimum(for: line, values: values, weights: weights)
        let minimum = Self.steps(of: line.minimum, in: numbers.dmin)
        for m in max(minimum - 1, 0)...min(minimum + 1, SixBitScales.highest) {
          line.minimum = numbers.dmin * Float(m)
          let error = search.squaredError(values: values, weights: weights, line: line)
          if error < best {
            best = error
            numbers.scales[j] = UInt8(truncatingIfNeeded: s)
            numbers.minimums[j] = UInt8(truncatingIfNeeded: m)
          }
        }
      }
      total += best
    }
    return total
  }

  /// The same numbers with the units that suit them best; `nil` where these are not to be had.
  private func refit(
    _ numbers: Numbers, values: Span<Float>, weights: Span<Float>
  ) -> Numbers? {
    // value = d * a - dmin * b, with a the scale times the level and b the minimum.
    var (sumAA, sumAB, sumBB, sumXA, sumXB) = (Float(0), Float(0), Float(0), Float(0), Float(0))
    for j in 0..<8 {
      let line = numbers.line(j)
      let scale = Float(numbers.scales[j])
      let b = Float(numbers.minimums[j])
      for i in 32 * j..<32 * j + 32 {
        let x = values[unchecked: i]
        let w = weights[unchecked: i]
        let a = scale * Float(search.level(of: x, on: line))
        sumAA += w * a * a
        sumAB += w * a * b
        sumBB += w * b * b
        sumXA += w * x * a
        sumXB += w * x * b
      }
    }
    var refitted = numbers
    let determinant = sumAA * sumBB - sumAB * sumAB
    if determinant > 1e-4 * sumAA * sumBB {
      refitted.d = (sumXA * sumBB - sumXB * sumAB) / determinant
      refitted.dmin = (sumXA * sumAB - sumXB * sumAA) / determinant
    } else if sumBB == 0, sumAA > 0 {
      refitted.d = sumXA / sumAA
    } else {
      return nil
    }
    refitted.d = HalfPrecision.rounded(refitted.d)
    refitted.dmin = HalfPrecision.rounded(refitted.dmin)
    return refitted.d > 0 && refitted.dmin >= 0 ? refitted : nil
  }

  private static func steps(of value: Float, in unit: Float) -> Int32 {
    unit > 0 ? nearestLevel(value / unit, from: 0, through: SixBitScales.highest) : 0
  }
}
