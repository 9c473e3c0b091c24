import Synchronization

/// The pre-tokenizers, by the names that GGUF files give them in `tokenizer.ggml.pre`.
public enum PreTokenizerRegistry {
  private static let preTokenizers = Mutex<[String: any PreTokenizer]>(standard)

  private static var standard: [String: any PreTokenizer] {
    var all: [String: any PreTokenizer] = [:]
    for entry in PreTokenizerTable.entries {
      for name in entry.names { all[name] = entry.preTokenizer }
    }
    return all
  }

  /// The registered names.
  public static var names: [String] { preTokenizers.withLock { $0.keys.sorted() } }

  /// Registers a pre-tokenizer, or replaces it.
  public static func register(_ name: String, _ preTokenizer: any PreTokenizer) {
    preTokenizers.withLock { $0[name] = preTokenizer }
  }

  /// The pre-tokenizer of a name.
  public static func preTokenizer(named name: String) -> (any PreTokenizer)? {
    preTokenizers.withLock { $0[name] }
  }

  /// The pre-tokenizer of a vocabulary: "default" where it names none, as in files from before
  /// the key.
  static func preTokenizer(of vocabulary: Vocabulary) throws(ModelError) -> any PreTokenizer {
    let name = vocabulary.preTokenizer ?? "default"
    guard let preTokenizer = preTokenizer(named: name) else {
      throw ModelError(
        .unsupportedTokenizer,
        "there is no pre-tokenizer \"\(name)\"; there are \(names.joined(separator: ", "))",
        at: .key(Vocabulary.Key.preTokenizer))
    }
    return preTokenizer
  }
}
