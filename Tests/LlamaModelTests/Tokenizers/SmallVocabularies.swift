import LlamaModel

/// Vocabularies made in code.
enum SmallVocabularies {
  static func sentencePiece(addSpacePrefix: Bool = true) throws(ModelError) -> Vocabulary {
    try .byteFallback(
      pieces: [
        (" ", -10), ("  ", -3), ("t", -20), ("h", -20), ("e", -20), ("o", -20), ("l", -20),
        ("th", -1), ("he", -2), (" th", -4), ("the", -5), (" the", -6), ("ll", -7), ("llo", -8),
        ("hello", -9), (" hello", -11), ("日", -12), ("本", -12), ("日本", -13),
      ],
      controlPieces: ["<|user|>", "<|end|>"], addSpacePrefix: addSpacePrefix)
  }

  static func byteLevel(preTokenizer: String = "gpt-2") throws(ModelError) -> Vocabulary {
    try .byteLevel(
      merges: [
        ("h", "e"), ("t", "he"), (" ", "the"), ("l", "l"), ("ll", "o"), ("he", "llo"),
        (" ", "hello"), ("1", "2"), ("12", "3"), ("123", "4"),
      ],
      preTokenizer: preTokenizer, controlPieces: ["<|endoftext|>", "<|im_start|>", "<|im_end|>"])
  }

  static let names = [
    "SentencePiece", "SentencePiece without prefix", "gpt-2", "llama-bpe", "qwen2", "gpt-4o",
    "deepseek-v3", "deepseek-llm", "kimi-k2", "chameleon", "superbpe", "default",
  ]

  static func tokenizer(_ name: String) throws(ModelError) -> any Tokenizer {
    switch name {
    case "SentencePiece": SentencePieceTokenizer(try sentencePiece())
    case "SentencePiece without prefix":
      SentencePieceTokenizer(try sentencePiece(addSpacePrefix: false))
    default: try TokenizerRegistry.makeTokenizer(vocabulary: byteLevel(preTokenizer: name))
    }
  }
}
