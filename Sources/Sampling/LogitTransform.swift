/// One step between a model's logits and the choice of a token: it changes logits or removes
/// candidates.
///
/// A transform is a value of its own: it knows nothing of the others, and a chain applies them in
/// order. Most transforms keep no state. Those that look at the text so far learn of each token
/// through ``accept(_:)``.
///
/// ```swift
/// struct ForbidToken: LogitTransform {
///   var token: Int
///   func apply(to candidates: inout Candidates) {
///     candidates.removeAll { $0.token == token }
///   }
/// }
/// ```
public protocol LogitTransform: Sendable {
  /// Changes the candidates for the next token.
  mutating func apply(to candidates: inout Candidates)

  /// Learns that `token` is now part of the text, whether it was sampled or given.
  mutating func accept(_ token: Int)

  /// Forgets the text: the transform is as it was when made.
  mutating func reset()
}

extension LogitTransform {
  /// Does nothing: the transform does not depend on the text.
  public mutating func accept(_ token: Int) {}

  /// Does nothing: the transform has no state.
  public mutating func reset() {}
}
