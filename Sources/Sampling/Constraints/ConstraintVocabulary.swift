/// What a constraint must know of a model's tokens.
public protocol ConstraintVocabulary: Sendable {
  /// The number of tokens: ids are `0..<tokenCount`.
  var tokenCount: Int { get }

  /// The tokens with which a model ends its text, the usual one first.
  var endTokens: [Int] { get }

  /// The bytes that a token adds to a text: part of a character, one or many.
  ///
  /// - Returns: `nil` for tokens that are no text, such as control tokens; a constraint never allows
  ///   them, unless a grammar names them.
  func bytes(of token: Int) -> [UInt8]?

  /// The token whose piece is spelled `name`, for grammars that name tokens.
  func token(named name: String) -> Int?
}

extension ConstraintVocabulary {
  /// Gives `nil`: no token has a name.
  public func token(named name: String) -> Int? { nil }
}
