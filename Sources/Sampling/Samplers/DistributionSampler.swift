/// Draws a candidate at random, each with the probability that softmax gives it.
///
/// The same seed and the same candidates give the same tokens on every platform: the generator is
/// ``SeededGenerator``, and the exponential function is this module's own.
public struct DistributionSampler: TokenSampler {
  private let seed: UInt64
  private var generator: SeededGenerator

  /// Creates a sampler with its own random numbers.
  public init(seed: UInt64) {
    self.seed = seed
    generator = SeededGenerator(seed: seed)
  }

  /// Draws a candidate.
  public mutating func sample(_ candidates: inout Candidates) -> Int {
    candidates.normalize()
    let target = Float(generator.nextUnit())
    var sum: Float = 0
    var last = 0
    for index in 0..<candidates.count where candidates.probabilities[index] > 0 {
      sum += candidates.probabilities[index]
      last = index
      if target < sum { break }
    }
    // Rounding may leave the sum a little below one: the last possible candidate takes the rest.
    return candidates[last].token
  }

  /// Starts the random numbers again.
  public mutating func reset() { generator = SeededGenerator(seed: seed) }
}
