/// Chooses the scales of a block of 256 values in eight sub-blocks with ``UnevenLevels``, each with a
/// scale of 6 bits under one half-precision unit.
///
/// 1. Every sub-block gets the scale that suits it best.
/// 2. For some units, each scale is rounded to what the block can store, the best nearby.
/// 3. Given all these, the best unit is known (a linear fit), and step 2 is done with it.
struct UnevenBlockEncoder {
  /// What the block stores beside the levels.
  struct Numbers {
    /// The unit of the scales.
    var d: Float
    /// The scales of the sub-blocks, in units of `d`: -32 to 31.
    var scales: [Int32] = []
    /// The weighted squared error.
    var error: Float = 0
  }

  /// The levels.
  var levels: UnevenLevels

  /// Chooses the numbers for a block.
  func encode(_ input: BlockInput) -> Numbers {
    let fitted = (0..<8).map { j in
      let part = 32 * j..<32 * (j + 1)
      return levels.scale(
        values: input.values.span.extracting(part), weights: input.weights.span.extracting(part))
    }
    var best = Numbers(d: 0, error: .infinity)
    func consider(_ d: Float, fitted: [Float]) -> Float {
      let (numbers, refitted) = settle(d, fitted: fitted, input)
      if numbers.error < best.error { best = numbers }
      return refitted
    }
    // The lowest stored scale reaches farthest, so the largest scale gets it or one nearby.
    let extreme = fitted.span.extreme
    let refitted = Self.highScales.map {
      consider(HalfPrecision.unit(extreme / $0), fitted: fitted)
    }
    for d in refitted { _ = consider(d, fitted: fitted) }
    if input.values.span.hasOneMagnitude && input.values[0] != 0 {
      // Only the rounding of the unit matters, and any level may do.
      for level in levels.levels {
        let scale = input.values[0] / level
        let fitted = [Float](repeating: scale, count: 8)
        for k in Self.highScales { _ = consider(HalfPrecision.unit(scale / k), fitted: fitted) }
      }
    }
    return best
  }

  /// What the largest scale may be stored as.
  private static let highScales: [Float] = [-32, -31, -30, -29, -28]

  /// Chooses the scales for the unit `d`, and gives the unit that suits them best.
  private func settle(
    _ d: Float, fitted: [Float], _ input: BlockInput
  ) -> (numbers: Numbers, refitted: Float) {
    var numbers = Numbers(d: d)
    var (match, energy) = (Float(0), Float(0))
    for j in 0..<8 {
      let part = 32 * j..<32 * (j + 1)
      let exact = fitted[j] * (d == 0 ? 0 : 1 / d)
      let nearest = nearestLevel(exact, from: -31, through: 30)
      var best = (k: nearest - 1, fit: UnevenLevels.Fit(error: .infinity))
      for k in nearest - 1...nearest + 1 {
        let fit = levels.fit(
          values: input.values.span.extracting(part),
          weights: input.weights.span.extracting(part), scale: d * Float(k))
        if k == nearest - 1 || fit.error < best.fit.error { best = (k, fit) }
      }
      let k = Float(best.k)
      numbers.scales.append(best.k)
      numbers.error += best.fit.error
      match += k * best.fit.match
      energy += k * k * best.fit.energy
    }
    return (numbers, HalfPrecision.rounded(match / energy))
  }
}
