extension Vocabulary {
  /// What files of a kind of tokenizer mean where they do not say.
  struct Defaults {
    let model: String
    private let preTokenizer: any PreTokenizer
    private let name: String

    init(model: String, preTokenizer name: String?) {
      self.model = model
      self.name = name ?? "default"
      preTokenizer =
        PreTokenizerRegistry.preTokenizer(named: self.name) ?? StepPreTokenizer(steps: [])
    }

    private var isSentencePiece: Bool { model == SentencePieceTokenizer.model }
    private var isGemma: Bool {
      model == CharacterMergeTokenizer.model
        || model == ByteLevelTokenizer.model
          && ["gemma4", "granite-embed-multi-311m"].contains(name)
    }

    /// Whether a text starts with a token for a whole text's class where the file names one.
    var startsWithClassification: Bool { model == WordPieceTokenizer.model }
    var addBOS: Bool {
      isSentencePiece || model == ByteLevelTokenizer.model && preTokenizer.addsBOS
    }
    /// Gemma 4 gives nonsense without.
    var alwaysAddsBOS: Bool { isGemma || model == WordPieceTokenizer.model }
    var addEOS: Bool { model == UnigramTokenizer.model }
    var alwaysAddsEOS: Bool { model == WordPieceTokenizer.model }
    var addSeparator: Bool {
      model == WordPieceTokenizer.model
        || model == ByteLevelTokenizer.model
          && ["jina-v1-en", "jina-v2-code", "roberta-bpe"].contains(name)
    }
    var addSpacePrefix: Bool { isSentencePiece }

    /// The special tokens of the first model of the kind, so far as they are in the vocabulary.
    func specialTokens(count: Int) -> SpecialTokens {
      var tokens = SpecialTokens()
      switch model {
      case SentencePieceTokenizer.model: tokens = SpecialTokens(bos: 1, eos: 2, unknown: 0)
      case UnigramTokenizer.model: tokens = SpecialTokens(eos: 1, unknown: 2, padding: 0)
      case WordPieceTokenizer.model:
        tokens = SpecialTokens(bos: 101, unknown: 100, padding: 0)
        tokens.separator = 102
        tokens.mask = 103
      case PLaMo2Tokenizer.model:
        tokens = SpecialTokens(bos: 1, eos: 2, unknown: 0, padding: 3)
      default: break
      }
      for (_, path) in SpecialTokens.keyed {
        if let token = tokens[keyPath: path], token >= count { tokens[keyPath: path] = nil }
      }
      return tokens
    }
  }
}
