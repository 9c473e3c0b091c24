// The keys that models commonly have. Names and meanings are those of the GGUF specification
// (ggml's docs/gguf.md) and of the files that llama.cpp's converters write.

// MARK: General

extension MetadataKey where Value == String {
  /// `general.architecture`: what kind of model it is, such as `llama`.
  public static var architecture: Self { MetadataKey("general.architecture") }

  /// `general.name`: the model's name.
  public static var name: Self { MetadataKey("general.name") }

  /// `tokenizer.ggml.model`: the tokenizer's kind: `llama`, `gpt2`, `bert`, `t5`, …
  public static var tokenizerModel: Self { MetadataKey("tokenizer.ggml.model") }

  /// `tokenizer.ggml.pre`: how text is cut before byte-level BPE, such as `llama-bpe`.
  public static var preTokenizer: Self { MetadataKey("tokenizer.ggml.pre") }

  /// `tokenizer.chat_template`: the Jinja template that makes a prompt of messages.
  public static var chatTemplate: Self { MetadataKey("tokenizer.chat_template") }

  /// `tokenizer.chat_template.NAME`: a template for a purpose, such as `tool_use`.
  public static func chatTemplate(named name: String) -> Self {
    MetadataKey("tokenizer.chat_template.\(name)")
  }
}

// MARK: General numbers

extension MetadataKey where Value == Int {
  /// `general.alignment`: tensors start at multiples of so many bytes.
  public static var alignment: Self { MetadataKey("general.alignment") }

  /// `general.file_type`: what most of the tensors are stored as, in ggml's numbering.
  public static var fileType: Self { MetadataKey("general.file_type") }

  /// `general.quantization_version`: the version of the block formats.
  public static var quantizationVersion: Self { MetadataKey("general.quantization_version") }

  /// `split.no`: which part of a split file this is, from 0 on.
  public static var splitNumber: Self { MetadataKey("split.no") }

  /// `split.count`: how many parts a split file has.
  public static var splitCount: Self { MetadataKey("split.count") }

  /// `split.tensors.count`: how many tensors all parts have together.
  public static var splitTensorCount: Self { MetadataKey("split.tensors.count") }

  /// `tokenizer.ggml.bos_token_id`: the token that starts a text.
  public static var beginningToken: Self { MetadataKey("tokenizer.ggml.bos_token_id") }

  /// `tokenizer.ggml.eos_token_id`: the token that ends a text.
  public static var endToken: Self { MetadataKey("tokenizer.ggml.eos_token_id") }

  /// `tokenizer.ggml.eot_token_id`: the token that ends a turn of a conversation.
  public static var endOfTurnToken: Self { MetadataKey("tokenizer.ggml.eot_token_id") }

  /// `tokenizer.ggml.unknown_token_id`: the token for what the vocabulary lacks.
  public static var unknownToken: Self { MetadataKey("tokenizer.ggml.unknown_token_id") }

  /// `tokenizer.ggml.seperator_token_id`: the token between two texts (spelled so in files).
  public static var separatorToken: Self { MetadataKey("tokenizer.ggml.seperator_token_id") }

  /// `tokenizer.ggml.padding_token_id`: the token that fills up a batch.
  public static var paddingToken: Self { MetadataKey("tokenizer.ggml.padding_token_id") }

  /// `tokenizer.ggml.mask_token_id`: the token that hides a word.
  public static var maskToken: Self { MetadataKey("tokenizer.ggml.mask_token_id") }
}

// MARK: Tokenizer flags

extension MetadataKey where Value == Bool {
  /// `tokenizer.ggml.add_bos_token`: whether texts start with the beginning token.
  public static var addsBeginningToken: Self { MetadataKey("tokenizer.ggml.add_bos_token") }

  /// `tokenizer.ggml.add_eos_token`: whether texts end with the end token.
  public static var addsEndToken: Self { MetadataKey("tokenizer.ggml.add_eos_token") }

  /// `tokenizer.ggml.add_space_prefix`: whether texts get a space in front.
  public static var addsSpacePrefix: Self { MetadataKey("tokenizer.ggml.add_space_prefix") }

  /// `tokenizer.ggml.remove_extra_whitespaces`: whether runs of spaces become one.
  public static var removesExtraWhitespace: Self {
    MetadataKey("tokenizer.ggml.remove_extra_whitespaces")
  }
}

// MARK: Vocabulary

extension MetadataKey where Value == GGUFStringArray {
  /// `tokenizer.ggml.tokens`: the pieces of the vocabulary.
  public static var tokens: Self { MetadataKey("tokenizer.ggml.tokens") }

  /// `tokenizer.ggml.merges`: the pairs that BPE joins, best first.
  public static var merges: Self { MetadataKey("tokenizer.ggml.merges") }
}

// MARK: Vocabulary scores

extension MetadataKey where Value == [Float] {
  /// `tokenizer.ggml.scores`: a score for each piece.
  public static var tokenScores: Self { MetadataKey("tokenizer.ggml.scores") }
}

// MARK: Vocabulary types

extension MetadataKey where Value == [Int] {
  /// `tokenizer.ggml.token_type`: the type of each piece: 1 normal, 2 unknown, 3 control, …
  public static var tokenTypes: Self { MetadataKey("tokenizer.ggml.token_type") }
}

// MARK: Model sizes

extension MetadataKey where Value == Int {
  /// `{architecture}.context_length`: how many tokens the model was trained to look at.
  public static var contextLength: Self { MetadataKey(relative: "context_length") }

  /// `{architecture}.embedding_length`: the width of the model.
  public static var embeddingLength: Self { MetadataKey(relative: "embedding_length") }

  /// `{architecture}.block_count`: the number of layers.
  public static var blockCount: Self { MetadataKey(relative: "block_count") }

  /// `{architecture}.vocab_size`: the number of tokens.
  public static var vocabularySize: Self { MetadataKey(relative: "vocab_size") }

  /// `{architecture}.attention.key_length`: the width of one head's keys.
  public static var keyLength: Self { MetadataKey(relative: "attention.key_length") }

  /// `{architecture}.attention.value_length`: the width of one head's values.
  public static var valueLength: Self { MetadataKey(relative: "attention.value_length") }

  /// `{architecture}.attention.sliding_window`: how far back local attention looks.
  public static var slidingWindow: Self { MetadataKey(relative: "attention.sliding_window") }

  /// `{architecture}.expert_count`: the number of experts.
  public static var expertCount: Self { MetadataKey(relative: "expert_count") }

  /// `{architecture}.expert_used_count`: how many experts each token uses.
  public static var expertUsedCount: Self { MetadataKey(relative: "expert_used_count") }

  /// `{architecture}.expert_feed_forward_length`: the inner width of one expert.
  public static var expertFeedForwardLength: Self {
    MetadataKey(relative: "expert_feed_forward_length")
  }

  /// `{architecture}.rope.dimension_count`: how many of a head's values are rotated.
  public static var ropeDimensionCount: Self { MetadataKey(relative: "rope.dimension_count") }

  /// `{architecture}.rope.scaling.original_context_length`: the context before it was stretched.
  public static var ropeOriginalContextLength: Self {
    MetadataKey(relative: "rope.scaling.original_context_length")
  }
}

// MARK: Sizes that can differ from layer to layer

extension MetadataKey where Value == PerLayer<Int> {
  /// `{architecture}.feed_forward_length`: the inner width of the feed-forward network.
  public static var feedForwardLength: Self { MetadataKey(relative: "feed_forward_length") }

  /// `{architecture}.attention.head_count`: the number of attention heads.
  public static var headCount: Self { MetadataKey(relative: "attention.head_count") }

  /// `{architecture}.attention.head_count_kv`: the number of heads of keys and values.
  public static var headCountKV: Self { MetadataKey(relative: "attention.head_count_kv") }
}

// MARK: Model numbers

extension MetadataKey where Value == Float {
  /// `{architecture}.attention.layer_norm_epsilon`: what layer normalization adds to the variance.
  public static var normalizationEpsilon: Self {
    MetadataKey(relative: "attention.layer_norm_epsilon")
  }

  /// `{architecture}.attention.layer_norm_rms_epsilon`: what RMS normalization adds to the mean square.
  public static var rmsNormalizationEpsilon: Self {
    MetadataKey(relative: "attention.layer_norm_rms_epsilon")
  }

  /// `{architecture}.rope.freq_base`: the base of the rotation frequencies.
  public static var ropeFrequencyBase: Self { MetadataKey(relative: "rope.freq_base") }

  /// `{architecture}.rope.scaling.factor`: by how much the context is stretched.
  public static var ropeScalingFactor: Self { MetadataKey(relative: "rope.scaling.factor") }

  /// `{architecture}.rope.scaling.attn_factor`: what YaRN multiplies the attention by.
  public static var ropeScalingAttentionFactor: Self {
    MetadataKey(relative: "rope.scaling.attn_factor")
  }

  /// `{architecture}.attn_logit_softcapping`: the bound of the attention scores.
  public static var attentionLogitSoftcap: Self { MetadataKey(relative: "attn_logit_softcapping") }

  /// `{architecture}.final_logit_softcapping`: the bound of the logits.
  public static var finalLogitSoftcap: Self { MetadataKey(relative: "final_logit_softcapping") }

  /// `{architecture}.attention.scale`: what attention scores are multiplied by.
  public static var attentionScale: Self { MetadataKey(relative: "attention.scale") }
}

// MARK: Model names

extension MetadataKey where Value == String {
  /// `{architecture}.rope.scaling.type`: how the context is stretched: `none`, `linear`, `yarn`, …
  public static var ropeScalingType: Self { MetadataKey(relative: "rope.scaling.type") }
}
