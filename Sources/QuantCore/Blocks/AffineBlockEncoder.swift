/// Chooses the numbers of a block of 256 values in equal sub-blocks, each with a small scale and
/// a small minimum under two half-precision units of the block.
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
    var scales: [UInt8]
    /// The minimums of the sub-blocks, in units of `dmin`.
    var minimums: [UInt8]

    /// The line of sub-block `j`.
    @inline(__always)
    func line(_ j: Int) -> AffineSearch.Line {
      AffineSearch.Line(scale: d * Float(scales[j]), minimum: dmin * Float(minimums[j]))
    }
  }

  /// The numbers chosen last.
  private(set) var numbers: Numbers

  private let search: AffineSearch
  private let refits = 2
  private let highestScale: Int32
  private let size: Int
  private var lines: [AffineSearch.Line]

  /// An encoder for levels from 0 to `highest`, and `subBlocks` sub-blocks with scales and
  /// minimums from 0 to `highestScale`.
  init(highest: Int32, subBlocks: Int = 8, highestScale: Int32 = SixBitScales.highest) {
    search = AffineSearch(highest: highest)
    self.highestScale = highestScale
    size = 256 / subBlocks
    lines = [AffineSearch.Line](repeating: .init(), count: subBlocks)
    let zeros = [UInt8](repeating: 0, count: subBlocks)
    numbers = Numbers(scales: zeros, minimums: zeros)
  }

  /// Chooses all numbers for a block.
  mutating func encode(_ input: BlockInput) {
    let values = input.values.span
    let weights = input.weights.span
    var largest = AffineSearch.Line()
    for j in lines.indices {
      let part = size * j..<size * (j + 1)
      lines[j] = search.line(values: values.extracting(part), weights: weights.extracting(part))
      largest.scale = max(largest.scale, lines[j].scale)
      largest.minimum = max(largest.minimum, lines[j].minimum)
    }
    let highest = Float(highestScale)
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
    for j in lines.indices {
      let part = size * j..<size * (j + 1)
      let scale = steps(of: lines[j].scale, in: numbers.d)
      let minimum = steps(of: lines[j].minimum, in: numbers.dmin)
      numbers.scales[j] = UInt8(truncatingIfNeeded: scale)
      numbers.minimums[j] = UInt8(truncatingIfNeeded: minimum)
      var best = Float.infinity
      for s in max(scale - 1, 0)...min(scale + 1, highestScale) {
        for m in max(minimum - 1, 0)...min(minimum + 1, highestScale) {
          let error = search.squaredError(
            values: values.extracting(part), weights: weights.extracting(part),
            line: AffineSearch.Line(
              scale: numbers.d * Float(s), minimum: numbers.dmin * Float(m)))
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
    for j in lines.indices {
      let line = numbers.line(j)
      let scale = Float(numbers.scales[j])
      let b = Float(numbers.minimums[j])
      for i in size * j..<size * (j + 1) {
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

  private func steps(of value: Float, in unit: Float) -> Int32 {
    unit > 0 ? nearestLevel(value / unit, from: 0, through: highestScale) : 0
  }
}
