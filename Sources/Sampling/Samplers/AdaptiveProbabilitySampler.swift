/// Draws candidates near a wanted probability, so that over time the tokens chosen have it on
/// average: adaptive-p of llama.cpp.
///
/// The logit of a candidate becomes `5 - 10 d^2 / (1 + d)` with `d` its distance from the adapted
/// target, in units of 0.3. The adapted target is twice the wanted one less the moving average of
/// what was chosen.
public struct AdaptiveProbabilitySampler: TokenSampler {
  /// The wanted probability; below 0 the sampler draws as ``DistributionSampler`` does.
  public let target: Float
  /// How slowly the average forgets, in `0...0.99`.
  public let decay: Float

  private let seed: UInt64
  private var generator: SeededGenerator
  private var weightedSum: Float
  private var totalWeight: Float
  /// What was drawn last and how likely it was at first.
  private var pending: (token: Int, probability: Float)?

  /// Creates a sampler with random numbers of its own.
  public init(target: Float, decay: Float = 0.9, seed: UInt64) {
    self.target = target
    self.decay = max(0, min(decay, 0.99))
    self.seed = seed
    generator = SeededGenerator(seed: seed)
    totalWeight = 1 / (1 - self.decay)
    weightedSum = target * totalWeight
  }

  /// Draws a candidate.
  public mutating func sample(_ candidates: inout Candidates) -> Int {
    candidates.normalize()
    guard target >= 0 else { return candidates[candidates.draw(using: &generator)].token }
    let original = candidates.probabilities
    transform(&candidates)
    let index = candidates.draw(using: &generator)
    pending = (candidates[index].token, original[index])
    return candidates[index].token
  }

  /// Changes the logits; the probabilities must have been computed.
  func transform(_ candidates: inout Candidates) {
    let wanted = max(0, min(target, 1))
    let adapted = max(0, min(totalWeight == 0 ? wanted : 2 * wanted - weightedSum / totalWeight, 1))
    let probabilities = candidates.probabilities
    candidates.updateLogits { _, logits in
      for index in logits.indices where logits[index] > -.infinity {
        let distance = abs(probabilities[index] - adapted) / 0.3
        logits[index] = 5 - 10 * distance * distance / (1 + distance)
      }
    }
  }

  /// Takes a token that was drawn into the average.
  public mutating func accept(_ token: Int) {
    if let pending, pending.token == token {
      weightedSum = pending.probability + decay * weightedSum
      totalWeight = 1 + decay * totalWeight
    }
    pending = nil
  }

  /// Goes back to the start.
  public mutating func reset() {
    self = AdaptiveProbabilitySampler(target: target, decay: decay, seed: seed)
  }
}
