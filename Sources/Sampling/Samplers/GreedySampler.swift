/// Chooses the candidate with the greatest logit; of equal ones, the lowest token.
public struct GreedySampler: TokenSampler {
  /// Creates the sampler.
  public init() {}

  /// The best candidate's token.
  public func sample(_ candidates: inout Candidates) -> Int {
    candidates[candidates.indexOfMaximum].token
  }

  /// The best token, in one pass over the logits.
  public func sample(logits: Span<Float>) -> Int? {
    logits.isEmpty ? nil : indexOfMaximum(logits)
  }
}
