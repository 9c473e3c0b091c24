import Synchronization

/// The pre-tokenizers, by the names that GGUF files give them in `tokenizer.ggml.pre`.
public enum PreTokenizerRegistry {
  private static let preTokenizers = Mutex<[String: any PreTokenizer]>(standard)

  private static var standard: [String: any PreTokenizer] {
    let families: [(any PreTokenizer, [String])] = [
      (GPT2PreTokenizer(), GPT2PreTokenizer.names),
      (DigitGroupPreTokenizer.llama3, DigitGroupPreTokenizer.llama3Names),
      (DigitGroupPreTokenizer.qwen2, DigitGroupPreTokenizer.qwen2Names),
    ]
    var all: [String: any PreTokenizer] = [:]
    for (preTokenizer, names) in families {
      for name in names { all[name] = preTokenizer }
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
}
