/// Transforms in order, and the sampler that chooses from what they leave.
///
/// ```swift
/// var chain = SamplerChain(transforms: [TopK(40), Temperature(0.7)], sampler: GreedySampler())
/// for token in prompt { chain.accept(token) }
/// let next = chain.sample(logits: logits.span)
/// chain.accept(next)
/// ```
public struct SamplerChain: Sendable {
  private var transforms: [any LogitTransform]
  private var sampler: any TokenSampler
  private var candidates = Candidates()

  /// Creates a chain.
  public init(transforms: [any LogitTransform], sampler: any TokenSampler) {
    self.transforms = transforms
    self.sampler = sampler
  }

  /// Chooses the next token. The chain does not learn of it: pass it to ``accept(_:)`` when it
  /// becomes part of the text.
  ///
  /// - Parameter logits: The logit of every token of the vocabulary, at least one. NaN counts as
  ///   negative infinity.
  public mutating func sample(logits: Span<Float>) -> Int {
    precondition(!logits.isEmpty, "sampling needs logits")
    if transforms.isEmpty, let token = sampler.sample(logits: logits) { return token }
    candidates.load(logits)
    for index in transforms.indices { transforms[index].apply(to: &candidates) }
    // A transform from outside may remove every candidate.
    guard !candidates.isEmpty else { return indexOfMaximum(logits) }
    return sampler.sample(&candidates)
  }

  /// Chooses the next token from those that a constraint allows, before all transforms. Neither the
  /// chain nor the constraint learns of it.
  ///
  /// - Returns: `nil` where the constraint allows no token of the vocabulary.
  public mutating func sample(
    logits: Span<Float>, constraint: inout GrammarConstraint
  ) -> Int? {
    candidates.load(logits)
    constraint.apply(to: &candidates)
    guard !candidates.isEmpty else { return nil }
    let allowed = candidates[candidates.indexOfMaximum].token
    for index in transforms.indices { transforms[index].apply(to: &candidates) }
    return candidates.isEmpty ? allowed : sampler.sample(&candidates)
  }

  /// Applies the transforms, for callers that want the distribution and not a token.
  public mutating func apply(to candidates: inout Candidates) {
    for index in transforms.indices { transforms[index].apply(to: &candidates) }
  }

  /// Tells the transforms that `token` is now part of the text, whether sampled or given.
  public mutating func accept(_ token: Int) {
    for index in transforms.indices { transforms[index].accept(token) }
    sampler.accept(token)
  }

  /// Forgets the text and starts the random numbers again.
  public mutating func reset() {
    for index in transforms.indices { transforms[index].reset() }
    sampler.reset()
  }
}
