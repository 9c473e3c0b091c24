public import Sampling

/// What a generated text must be.
///
/// ```swift
/// let schema = try JSONSchema(#"{"type": "object", "properties": {"age": {"type": "integer"}}}"#)
/// let options = GenerationOptions(constraint: .schema(schema))
/// ```
public struct GenerationConstraint: Sendable {
  enum Kind: Sendable {
    case schema(JSONSchema, JSONSchema.Spelling)
    case grammar(Grammar)
  }

  let kind: Kind
  /// What happens where the most tokens do not suffice.
  public var atLimit: AtLimit

  /// What happens where the most tokens do not suffice.
  public enum AtLimit: Sendable {
    /// The generation fails with ``ModelError/Code/incompleteOutput``.
    case fail
    /// The text is completed in time, with as little as its form needs.
    case complete
  }

  /// JSON that a schema allows.
  public static func schema(
    _ schema: JSONSchema, spelling: JSONSchema.Spelling = .compact, atLimit: AtLimit = .complete
  ) -> GenerationConstraint {
    GenerationConstraint(kind: .schema(schema, spelling), atLimit: atLimit)
  }

  /// Text that a grammar allows.
  public static func grammar(
    _ grammar: Grammar, atLimit: AtLimit = .complete
  ) -> GenerationConstraint {
    GenerationConstraint(kind: .grammar(grammar), atLimit: atLimit)
  }

  /// - Throws: ``ModelError/Code/invalidArgument`` where a grammar or schema cannot be enforced.
  func make(_ tokens: ConstraintTokens) throws(ModelError) -> GrammarConstraint {
    switch kind {
    case .schema(let schema, let spelling):
      do throws(SchemaError) {
        return try GrammarConstraint(schema: schema, spelling: spelling, tokens: tokens)
      } catch {
        throw ModelError(.invalidArgument, "the schema cannot be enforced: \(error)")
      }
    case .grammar(let grammar):
      do throws(GrammarError) {
        return try GrammarConstraint(grammar: grammar, tokens: tokens)
      } catch {
        throw ModelError(.invalidArgument, "the grammar cannot be enforced: \(error)")
      }
    }
  }
}
