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
    candidates[candidates.draw(using: &generator)].token
  }

  /// Starts the random numbers again.
  public mutating func reset() { generator = SeededGenerator(seed: seed) }
}
