/// Chooses the scales of a block whose sub-blocks store points of a codebook, each under a small
/// odd multiple of the block's half-precision unit.
///
/// 1. Every sub-block gets the scale that suits it best, which is found exactly.
/// 2. For a number of units, the scales are rounded to what the block can store, the best nearby.
/// 3. Given the points and the multiples, the best unit is known (a linear fit). It replaces the
///    first one, and step 2 is done again, as long as that helps.
struct LatticeBlockEncoder {
  /// What the block stores beside the points.
  struct Numbers {
    /// The unit of the scales.
    var d: Float = 0
    /// The multiples `k`: the scale of a sub-block is `d * step * (2 * k + 1)`.
    var scales: [Int] = []
  }

  /// Half the distance of two neighbouring scales, in units of `d`.
  var step: Float
  /// The highest multiple.
  var highest: Int

  private let refits = 3

  /// The encoder for scales `d * step * (2 * k + 1)`, with `k` from 0 to `highest`.
  init(step: Float, highest: Int) {
    self.step = step
    self.highest = highest
  }

  /// The scale of a sub-block, as decoding calculates it.
  func scale(_ numbers: Numbers, subBlock j: Int) -> Float {
    numbers.d * multiple(numbers.scales[j])
  }

  /// Chooses the numbers for a block.
  func encode(_ subBlocks: [LatticeSubBlock]) -> Numbers {
    let fitted = subBlocks.map { $0.bestScale() }
    let largest = fitted.max() ?? 0
    var best = Numbers(scales: [Int](repeating: 0, count: subBlocks.count))
    guard largest > 0 else { return best }
    var bestGain: Float = 0
    // The largest scale need not get the highest multiple: another unit may suit the rest better.
    var starts = (highest / 2...highest).map { largest / multiple($0) }
    starts += [0.95, 0.9, 0.85].map { $0 * largest / multiple(highest) }
    for start in starts {
      var d = HalfPrecision.unit(start)
      var lastGain: Float = 0
      for _ in 0...refits {
        let (numbers, gain, refitted) = settle(d, fitted: fitted, subBlocks: subBlocks)
        if gain > bestGain {
          bestGain = gain
          best = numbers
        }
        guard gain > lastGain, refitted > 0, refitted != d else { break }
        lastGain = gain
        d = refitted
      }
    }
    return best
  }

  private func multiple(_ k: Int) -> Float { step * Float(2 * k + 1) }

  /// The best multiples for the unit `d`, by how much they lower the squared error, and the unit
  /// that suits their points best.
  private func settle(
    _ d: Float, fitted: [Float], subBlocks: [LatticeSubBlock]
  ) -> (numbers: Numbers, gain: Float, refitted: Float) {
    var numbers = Numbers(d: d)
    var total: Float = 0
    var (sumMatch, sumEnergy) = (Float(0), Float(0))
    for (j, subBlock) in subBlocks.enumerated() {
      let exact = (fitted[j] / (d * step) - 1) / 2
      let nearest = Int(nearestLevel(exact, from: 0, through: Int32(highest)))
      var bestGain = -Float.infinity
      var best = (k: nearest, fit: LatticeSubBlock.Fit())
      for k in max(nearest - 1, 0)...min(nearest + 1, highest) {
        let scale = d * multiple(k)
        let fit = subBlock.fit(at: scale)
        let gain = fit.gain(at: scale)
        if gain > bestGain {
          bestGain = gain
          best = (k, fit)
        }
      }
      numbers.scales.append(best.k)
      total += bestGain
      sumMatch += multiple(best.k) * best.fit.match
      sumEnergy += multiple(best.k) * multiple(best.k) * best.fit.energy
    }
    let refitted = sumEnergy > 0 ? HalfPrecision.rounded(sumMatch / sumEnergy) : 0
    return (numbers, total, refitted)
  }
}
