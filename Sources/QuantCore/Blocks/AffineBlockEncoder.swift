/// Chooses the numbers of a block of 256 values in eight sub-blocks, each with a 6-bit scale and
/// a 6-bit minimum under two half-precision scales of the block.
///
/// First every sub-block gets the line that suits it best. Then the lines are rounded to what
/// the block can store, and each is replaced by the best one nearby: the rounding of a scale can
/// be made up for by its minimum, and the other way round.
struct AffineBlockEncoder {
  /// The highest level of a value: 15 for 4 bits.
  let highest: Int32

  /// The block's scale of the scales.
  private(set) var d: Float = 0
  /// The block's scale of the minimums.
  private(set) var dmin: Float = 0
  /// The scales of the sub-blocks, in units of ``d``.
  private(set) var scales = [UInt8](repeating: 0, count: 8)
  /// The minimums of the sub-blocks, in units of ``dmin``.
  private(set) var minimums = [UInt8](repeating: 0, count: 8)

  private let search: AffineSearch
  private var lines = [AffineSearch.Line](repeating: .init(), count: 8)

  init(highest: Int32) {
    self.highest = highest
    search = AffineSearch(highest: highest)
  }

  /// Chooses all numbers for a block.
  mutating func encode(_ input: BlockInput) {
    var largest = AffineSearch.Line()
    for j in 0..<8 {
      let part = 32 * j..<32 * j + 32
      let line = search.line(
        values: input.values.span.extracting(part), weights: input.weights.span.extracting(part))
      lines[j] = line
      largest.scale = max(largest.scale, line.scale)
      largest.minimum = max(largest.minimum, line.minimum)
    }
    d = Self.unit(reaching: largest.scale)
    dmin = Self.unit(reaching: largest.minimum)
    for j in 0..<8 {
      let part = 32 * j..<32 * j + 32
      improve(
        subBlock: j, values: input.values.span.extracting(part),
        weights: input.weights.span.extracting(part))
    }
  }

  /// The level that stores `value` best in a sub-block.
  func level(of value: Float, subBlock j: Int) -> Int32 {
    let scale = d * Float(scales[j])
    guard scale > 0 else { return 0 }
    return nearestLevel(
      (value + dmin * Float(minimums[j])) / scale, from: 0, through: highest)
  }

  /// Tries the stored scales and minimums around the sub-block's own line.
  private mutating func improve(subBlock j: Int, values: Span<Float>, weights: Span<Float>) {
    let scale = Self.steps(of: lines[j].scale, in: d)
    let minimum = Self.steps(of: lines[j].minimum, in: dmin)
    var bestError = Float.infinity
    for s in max(scale - 1, 0)...min(scale + 1, SixBitScales.highest) {
      for m in max(minimum - 1, 0)...min(minimum + 1, SixBitScales.highest) {
        let line = AffineSearch.Line(scale: d * Float(s), minimum: dmin * Float(m))
        let error = search.squaredError(values: values, weights: weights, line: line)
        if error < bestError {
          bestError = error
          scales[j] = UInt8(truncatingIfNeeded: s)
          minimums[j] = UInt8(truncatingIfNeeded: m)
        }
      }
    }
  }

  /// The half of which 63 steps reach `value`. At least the smallest half, so that a block of
  /// tiny values does not vanish.
  private static func unit(reaching value: Float) -> Float {
    guard value > 0 else { return 0 }
    let unit = HalfPrecision.rounded(value / Float(SixBitScales.highest))
    return max(unit, HalfPrecision.leastNonzero)
  }

  private static func steps(of value: Float, in unit: Float) -> Int32 {
    unit > 0 ? nearestLevel(value / unit, from: 0, through: SixBitScales.highest) : 0
  }
}
