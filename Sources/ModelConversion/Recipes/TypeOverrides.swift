public import QuantCore

/// Types that a caller wants instead of a recipe's.
public struct TypeOverrides: Sendable {
  /// A type for the tensors whose names match a pattern.
  public struct Pattern: Sendable, Equatable {
    /// A regular expression, looked for anywhere in a name.
    public let expression: String
    /// The type.
    public let type: TensorType

    /// A type for names.
    ///
    /// - Throws: ``ConversionError/Code/invalidArgument`` when it is no regular expression.
    public init(_ expression: String, as type: TensorType) throws(ConversionError) {
      self.expression = expression
      self.type = type
      _ = try regex()
    }

    func regex() throws(ConversionError) -> Regex<AnyRegexOutput> {
      do {
        return try Regex(expression)
      } catch {
        throw ConversionError(
          .invalidArgument, "\(expression) is no regular expression: \(error)")
      }
    }
  }

  /// Types by name; the first that matches counts.
  public var patterns: [Pattern]
  /// The type of the projection to logits.
  public var output: TensorType?
  /// The type of the token embeddings.
  public var tokenEmbedding: TensorType?
  /// Whether every weight that is quantized gets the recipe's default type.
  public var isPure: Bool

  /// Overrides; none unless given.
  public init(
    patterns: [Pattern] = [], output: TensorType? = nil, tokenEmbedding: TensorType? = nil,
    isPure: Bool = false
  ) {
    self.patterns = patterns
    self.output = output
    self.tokenEmbedding = tokenEmbedding
    self.isPure = isPure
  }
}
