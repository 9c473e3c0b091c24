public import Sampling
import Synchronization

/// A tokenizer's tokens, as constraints see them.
public struct TokenizerVocabulary: ConstraintVocabulary {
  /// The tokenizer.
  public let tokenizer: any Tokenizer

  /// Creates a view of a tokenizer.
  public init(tokenizer: any Tokenizer) { self.tokenizer = tokenizer }

  /// The number of tokens.
  public var tokenCount: Int { tokenizer.vocabulary.count }

  /// The tokens after which a model has finished, that of a turn first.
  public var endTokens: [Int] {
    let vocabulary = tokenizer.vocabulary
    let first = [vocabulary.specialTokens.eot, vocabulary.specialTokens.eos].compactMap(\.self)
    // A token can be both.
    return (first.first == first.last ? Array(first.prefix(1)) : first)
      + vocabulary.endOfGeneration.subtracting(first).sorted()
  }

  /// The bytes of a piece of text; `nil` for control and unused pieces.
  public func bytes(of token: Int) -> [UInt8]? {
    switch tokenizer.vocabulary.type(of: token) {
    case .normal, .userDefined, .byte: tokenizer.bytes(of: token, options: .continuation)
    case .control, .unknown, .unused, nil: nil
    }
  }

  /// The token whose piece is spelled so.
  public func token(named name: String) -> Int? { tokenizer.vocabulary.token(for: name) }
}

/// A model's tokens, prepared for constraints when the first one needs them.
final class LazyConstraintTokens: Sendable {
  private let prepared = Mutex<ConstraintTokens?>(nil)

  func tokens(for tokenizer: any Tokenizer) -> ConstraintTokens {
    prepared.withLock { known in
      if let known { return known }
      let tokens = ConstraintTokens(TokenizerVocabulary(tokenizer: tokenizer))
      known = tokens
      return tokens
    }
  }
}
