import Sampling

/// A constraint whose state can change within an expectation.
final class ConstraintReader {
  private var constraint: GrammarConstraint

  init(_ constraint: GrammarConstraint) { self.constraint = constraint }

  convenience init(grammar: String, tokens: ConstraintTokens) throws {
    self.init(try GrammarConstraint(grammar: Grammar(grammar), tokens: tokens))
  }

  convenience init(
    schema: String, spelling: JSONSchema.Spelling = .any, tokens: ConstraintTokens
  ) throws {
    self.init(
      try GrammarConstraint(schema: JSONSchema(schema), spelling: spelling, tokens: tokens))
  }

  var isComplete: Bool { constraint.isComplete }
  func read(_ token: Int) -> Bool { constraint.tryAccept(token) }
  func read(_ bytes: some Sequence<UInt8>) -> Bool { constraint.tryAccept(bytes: bytes) }
  func read(_ text: String) -> Bool { constraint.tryAccept(bytes: text.utf8) }
  func allows(_ token: Int) -> Bool { constraint.allows(token) }
  var forced: String { String(decoding: constraint.forcedBytes(), as: UTF8.self) }
  func completion() -> [UInt8]? { constraint.shortestCompletion() }
  var allowedCount: Int { constraint.allowedTokenCount() }
  func reset() { constraint.reset() }

  /// Whether all bytes of a text are allowed, one by one, and the text may end.
  func accepts(_ text: String) -> Bool {
    reset()
    for byte in text.utf8 where !read(Int(byte)) { return false }
    return isComplete
  }
}
