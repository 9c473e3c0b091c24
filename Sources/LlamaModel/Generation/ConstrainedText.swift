import Sampling

/// A constraint at work in a generation: which token comes next, and when the text must be closed.
struct ConstrainedText {
  /// Tokens that come next without being sampled.
  private(set) var forced: ArraySlice<Int> = []
  private var constraint: GrammarConstraint
  private let atLimit: GenerationConstraint.AtLimit

  /// - Parameter limit: The most tokens.
  /// - Throws: ``ModelError/Code/incompleteOutput`` where they cannot suffice.
  init(
    _ constraint: GrammarConstraint, atLimit: GenerationConstraint.AtLimit, limit: Int
  ) throws(ModelError) {
    self.constraint = constraint
    self.atLimit = atLimit
    if atLimit == .complete {
      guard let closing = closing(), closing.count <= limit else {
        throw ModelError(
          .incompleteOutput,
          "\(limit) tokens are too few for any text that the constraint allows")
      }
    }
    // No text has been written, so that the first word may be joined with what is forced.
    force(remaining: limit)
  }

  /// Whether the text may end here.
  var isComplete: Bool { constraint.isComplete }

  /// Whether it must end here.
  mutating func mustEnd() -> Bool { constraint.isComplete && constraint.mustEnd() }

  /// The next token; nil where the text ends.
  ///
  /// - Parameter remaining: How many tokens may still be written, this one included.
  /// - Throws: ``ModelError/Code/incompleteOutput`` where nothing is allowed.
  mutating func next(
    _ sampler: inout SamplerChain, logits: Span<Float>, remaining: Int
  ) throws(ModelError) -> Int? {
    if let token = forced.popFirst() { return token }
    guard let token = sampler.sample(logits: logits, constraint: &constraint) else {
      throw Self.deadEnd
    }
    if constraint.tokens.endTokens.contains(token) {
      guard constraint.isComplete else { throw Self.deadEnd }
      return nil
    }
    let mark = constraint.mark
    guard constraint.tryAccept(token) else { throw Self.deadEnd }
    if atLimit == .complete {
      if let closing = closing(), closing.count < remaining {
        force(remaining: remaining - 1)
        return token
      }
      // One token more and there would be no room to close the text.
      constraint.rewind(to: mark)
      guard let closing = closing() else { throw Self.deadEnd }
      forced = closing[...]
      for token in closing { constraint.accept(token) }
      return forced.popFirst()
    }
    force(remaining: remaining - 1)
    return token
  }

  private static let deadEnd = ModelError(
    .incompleteOutput, "the vocabulary has no token with which the constraint could go on")

  private mutating func closing() -> [Int]? {
    constraint.shortestCompletion().flatMap { constraint.tokens.spell($0) }
  }

  /// Takes the bytes that must come next as tokens, but for the last token, which may reach further.
  private mutating func force(remaining: Int) {
    let bytes = constraint.forcedBytes()
    guard bytes.count > 1, var tokens = constraint.tokens.spell(bytes) else { return }
    let mark = constraint.mark
    guard constraint.tryAccept(bytes: bytes) else { return }
    let isLast = constraint.isComplete
    constraint.rewind(to: mark)
    if !isLast { tokens.removeLast() }
    guard tokens.count < remaining else { return }
    for token in tokens { constraint.accept(token) }
    if atLimit == .complete, closing()?.count ?? .max > remaining - tokens.count {
      constraint.rewind(to: mark)
    } else {
      forced = tokens[...]
    }
  }
}
