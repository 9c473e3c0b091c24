/// The tokens that mean something to the programs around a model. A vocabulary need not have them.
public struct SpecialTokens: Sendable, Equatable {
  /// Starts a text.
  public var bos: Int?
  /// Ends a text.
  public var eos: Int?
  /// Ends a turn of a conversation.
  public var eot: Int?
  /// Ends a message that a tool call follows.
  public var eom: Int?
  /// Stands for what the vocabulary has no piece for.
  public var unknown: Int?
  /// Separates two texts.
  public var separator: Int?
  /// Fills up a batch.
  public var padding: Int?
  /// Hides a word.
  public var mask: Int?
  /// Precedes what comes before the gap, in fill-in-the-middle prompts.
  public var fimPrefix: Int?
  /// Precedes what comes after the gap.
  public var fimSuffix: Int?
  /// Precedes what fills the gap.
  public var fimMiddle: Int?
  /// Fills up a fill-in-the-middle batch.
  public var fimPadding: Int?
  /// Precedes a repository's name.
  public var fimRepository: Int?
  /// Separates files.
  public var fimSeparator: Int?

  /// Creates a value without any token, to be filled in.
  public init() {}

  /// Creates a value with the tokens that most vocabularies have.
  public init(bos: Int? = nil, eos: Int? = nil, unknown: Int? = nil, padding: Int? = nil) {
    self.bos = bos
    self.eos = eos
    self.unknown = unknown
    self.padding = padding
  }
}

extension SpecialTokens {
  /// The tokens that GGUF files give by id, and the keys they do it with.
  static var keyed: [(key: String, path: WritableKeyPath<SpecialTokens, Int?>)] {
    [
      ("tokenizer.ggml.bos_token_id", \.bos),
      ("tokenizer.ggml.eos_token_id", \.eos),
      ("tokenizer.ggml.eot_token_id", \.eot),
      ("tokenizer.ggml.eom_token_id", \.eom),
      ("tokenizer.ggml.unknown_token_id", \.unknown),
      // Spelled so in files.
      ("tokenizer.ggml.seperator_token_id", \.separator),
      ("tokenizer.ggml.padding_token_id", \.padding),
      ("tokenizer.ggml.mask_token_id", \.mask),
      ("tokenizer.ggml.fim_pre_token_id", \.fimPrefix),
      ("tokenizer.ggml.fim_suf_token_id", \.fimSuffix),
      ("tokenizer.ggml.fim_mid_token_id", \.fimMiddle),
      ("tokenizer.ggml.fim_pad_token_id", \.fimPadding),
      ("tokenizer.ggml.fim_rep_token_id", \.fimRepository),
      ("tokenizer.ggml.fim_sep_token_id", \.fimSeparator),
      // Older files.
      ("tokenizer.ggml.prefix_token_id", \.fimPrefix),
      ("tokenizer.ggml.suffix_token_id", \.fimSuffix),
      ("tokenizer.ggml.middle_token_id", \.fimMiddle),
    ]
  }

  /// Whether a key is one that only older files have.
  static func isOld(_ key: String) -> Bool {
    ["prefix", "suffix", "middle"].contains { key == "tokenizer.ggml.\($0)_token_id" }
  }

  /// The pieces by which a token is recognised where the file gives no id, in order of preference.
  ///
  /// They are the conventions of the models, as llama.cpp collects them.
  static var recognised: [(path: WritableKeyPath<SpecialTokens, Int?>, texts: [String])] {
    [
      (
        \.eot,
        [
          "<|eot_id|>", "<|im_end|>", "<|end|>", "<|return|>", "<end_of_turn>", "<|endoftext|>",
          "<|end_of_text|>", "<EOT>", "_<EOT>", "[EOT]", "<｜end▁of▁sentence｜>",
          "<end_of_utterance>",
        ]
      ),
      (\.eom, ["<|eom_id|>"]),
      (
        \.fimPrefix,
        [
          "<|fim_prefix|>", "<fim-prefix>", "<fim_prefix>", "<｜fim▁begin｜>", "<PRE>", "▁<PRE>",
          "<|code_prefix|>", "<|prefix|>",
        ]
      ),
      (
        \.fimSuffix,
        [
          "<|fim_suffix|>", "<fim-suffix>", "<fim_suffix>", "<｜fim▁hole｜>", "<SUF>", "▁<SUF>",
          "<|code_suffix|>", "<|suffix|>",
        ]
      ),
      (
        \.fimMiddle,
        [
          "<|fim_middle|>", "<fim-middle>", "<fim_middle>", "<｜fim▁end｜>", "<MID>", "▁<MID>",
          "<|code_middle|>", "<|middle|>",
        ]
      ),
      (\.fimPadding, ["<|fim_pad|>", "<fim-pad>", "<fim_pad>", "<PAD>", "[PAD]"]),
      (
        \.fimRepository,
        ["<|fim_repo|>", "<|repo_name|>", "<fim-repo>", "<REPO>", "<reponame>"]
      ),
      (\.fimSeparator, ["<|file_sep|>"]),
    ]
  }

  /// The pieces after which a model has finished, whatever the file says.
  static var endingTexts: [String] {
    [
      "<|eot_id|>", "<|im_end|>", "<|end|>", "<|return|>", "<|call|>", "<|flush|>", "<|calls|>",
      "<end_of_turn>", "<|endoftext|>", "</s>", "<|eom_id|>", "<EOT>", "_<EOT>", "[EOT]", "[EOS]",
      "<|end_of_text|>", "<end_of_utterance>", "<eos>", "<turn|>", "<|tool_response>",
      "<｜end▁of▁sentence｜>", "[e~[",
    ]
  }

  /// The pieces that are shown and found in any text, whatever the file says.
  static var channelTexts: [String] {
    ["<|channel|>", "<|message|>", "<|start|>", "<|constrain|>"]
  }
}
