import GGUFKit

// Keys that few families have. Names are those of the files that llama.cpp's converters write.

extension MetadataKey where Value == Float {
  /// What embeddings are multiplied with.
  static var embeddingScale: Self { MetadataKey(relative: "embedding_scale") }
  /// What a branch's result is multiplied with.
  static var residualScale: Self { MetadataKey(relative: "residual_scale") }
  /// What logits are multiplied with, or divided by.
  static var logitScale: Self { MetadataKey(relative: "logit_scale") }
  /// What the weights of the chosen experts are multiplied with.
  static var expertWeightsScale: Self { MetadataKey(relative: "expert_weights_scale") }
  /// How queries grow with the logarithm of their position.
  static var attentionTemperatureScale: Self {
    MetadataKey(relative: "attention.temperature_scale")
  }
  /// DeepSeek's factor of YaRN's logarithm.
  static var yarnLogMultiplier: Self {
    MetadataKey(relative: "rope.scaling.yarn_log_multiplier")
  }
}

extension MetadataKey where Value == Bool {
  /// Whether the weights of the chosen experts are divided by their sum.
  static var expertWeightsNorm: Self { MetadataKey(relative: "expert_weights_norm") }
}

extension MetadataKey where Value == Int {
  /// Hidden features of the shared expert.
  static var expertSharedFeedForwardLength: Self {
    MetadataKey(relative: "expert_shared_feed_forward_length")
  }
  /// Shared experts, which are one of so many times the size.
  static var expertSharedCount: Self { MetadataKey(relative: "expert_shared_count") }
  /// Groups of experts.
  static var expertGroupCount: Self { MetadataKey(relative: "expert_group_count") }
  /// Groups that stay in the choice.
  static var expertGroupUsedCount: Self { MetadataKey(relative: "expert_group_used_count") }
  /// 1 for a softmax, 2 for sigmoids.
  static var expertGatingFunction: Self { MetadataKey(relative: "expert_gating_func") }
  /// Blocks before the first with experts.
  static var leadingDenseBlockCount: Self { MetadataKey(relative: "leading_dense_block_count") }
  /// Features of a compressed query.
  static var queryRank: Self { MetadataKey(relative: "attention.q_lora_rank") }
  /// Features of compressed keys and values.
  static var keyValueRank: Self { MetadataKey(relative: "attention.kv_lora_rank") }
  /// Elements of a key per head, before compression.
  static var latentKeyLength: Self { MetadataKey(relative: "attention.key_length_mla") }
  /// Elements of a value per head, before compression.
  static var latentValueLength: Self { MetadataKey(relative: "attention.value_length_mla") }
  /// Taps of a short convolution.
  static var shortConvolutionLength: Self { MetadataKey(relative: "shortconv.l_cache") }
  /// Blocks at the end that only predict further tokens.
  static var predictionBlockCount: Self { MetadataKey(relative: "nextn_predict_layers") }
}
