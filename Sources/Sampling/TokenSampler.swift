/// The last step: chooses one of the candidates that the transforms have left.
public protocol TokenSampler: Sendable {
  /// Chooses a token.
  ///
  /// - Parameter candidates: At least one candidate. The sampler may reorder them and compute
  ///   their probabilities.
  mutating func sample(_ candidates: inout Candidates) -> Int

  /// Chooses a token straight from the logits of the whole vocabulary, for a sampler that can do
  /// so without candidates, or gives `nil`.
  ///
  /// A chain without transforms asks this first.
  mutating func sample(logits: Span<Float>) -> Int?

  /// Learns that `token` is now part of the text, whether it was sampled or given.
  mutating func accept(_ token: Int)

  /// Goes back to the state after initialisation.
  mutating func reset()
}

extension TokenSampler {
  /// Gives `nil`: the sampler needs candidates.
  public mutating func sample(logits: Span<Float>) -> Int? { nil }

  /// Does nothing: the sampler does not depend on the text.
  public mutating func accept(_ token: Int) {}

  /// Does nothing: the sampler has no state.
  public mutating func reset() {}
}
