public import GGUFKit
import Synchronization

/// The kinds of tokenizers, by the names that GGUF files give them in `tokenizer.ggml.model`.
public enum TokenizerRegistry {
  /// Makes a tokenizer for a vocabulary; the metadata may hold more that it needs.
  public typealias Factory =
    @Sendable (Vocabulary, GGUFMetadata) throws(ModelError) -> any Tokenizer

  private static let factories = Mutex<[String: Factory]>([
    SentencePieceTokenizer.model: { vocabulary, _ in SentencePieceTokenizer(vocabulary) },
    ByteLevelTokenizer.model: { vocabulary, _ throws(ModelError) in
      let preTokenizer = try PreTokenizerRegistry.preTokenizer(of: vocabulary)
      return preTokenizer.spelling == .bytes
        ? ByteLevelTokenizer(vocabulary, preTokenizer: preTokenizer)
        : CharacterMergeTokenizer(vocabulary, preTokenizer: preTokenizer)
    },
    CharacterMergeTokenizer.model: { vocabulary, _ in CharacterMergeTokenizer(vocabulary) },
    CharacterMergeTokenizer.whitespaceModel: { vocabulary, _ throws(ModelError) in
      let preTokenizer = try PreTokenizerRegistry.preTokenizer(of: vocabulary)
      return CharacterMergeTokenizer(vocabulary, preTokenizer: preTokenizer)
    },
    WordPieceTokenizer.model: { vocabulary, _ in WordPieceTokenizer(vocabulary) },
    UnigramTokenizer.model: { vocabulary, _ in UnigramTokenizer(vocabulary) },
    RWKVTokenizer.model: { vocabulary, _ in RWKVTokenizer(vocabulary) },
    PLaMo2Tokenizer.model: { vocabulary, _ in PLaMo2Tokenizer(vocabulary) },
  ])

  /// The registered names.
  public static var names: [String] { factories.withLock { $0.keys.sorted() } }

  /// Registers a kind of tokenizer, or replaces it.
  public static func register(_ model: String, _ makeTokenizer: @escaping Factory) {
    factories.withLock { $0[model] = makeTokenizer }
  }

  /// Makes the tokenizer of a GGUF file.
  ///
  /// - Throws: ``ModelError``: of code ``ModelError/Code/unsupportedTokenizer`` where the kind or
  ///   the pre-tokenizer is not registered, and ``ModelError/Code/invalidConfiguration`` where the
  ///   vocabulary is malformed.
  public static func makeTokenizer(metadata: GGUFMetadata) throws(ModelError) -> any Tokenizer {
    // A kind that is not registered is the more useful message.
    if let name = metadata[MetadataKey<String>.tokenizerModel] { _ = try factory(for: name) }
    return try makeTokenizer(vocabulary: Vocabulary(metadata: metadata), metadata: metadata)
  }

  /// Makes a tokenizer for a vocabulary.
  ///
  /// - Throws: ``ModelError`` of code ``ModelError/Code/unsupportedTokenizer`` where its kind or
  ///   pre-tokenizer is not registered.
  public static func makeTokenizer(
    vocabulary: Vocabulary, metadata: GGUFMetadata = GGUFMetadata()
  ) throws(ModelError) -> any Tokenizer {
    try factory(for: vocabulary.model)(vocabulary, metadata)
  }

  private static func factory(for model: String) throws(ModelError) -> Factory {
    guard let factory = factories.withLock({ $0[model] }) else {
      throw ModelError(
        .unsupportedTokenizer,
        "there is no tokenizer \"\(model)\"; there are \(names.joined(separator: ", "))",
        at: .key(Vocabulary.Key.model))
    }
    return factory
  }
}
