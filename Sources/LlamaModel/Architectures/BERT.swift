import GGUFKit
public import TensorKernels

/// BERT and Nomic's variants with rotary positions: encoders whose norms stand behind the sums. Of
/// the variants one has SiLU-gated feed-forward layers, the other experts in some blocks.
///
/// Devlin et al., "BERT: Pre-training of Deep Bidirectional Transformers for Language
/// Understanding" (2018); Nussbaum et al., "Nomic Embed" (2024); Nussbaum and Duderstadt, "Training
/// Sparse Mixture Of Experts Text Embedding Models" (2025).
public struct BERT: EncoderArchitecture {
  /// `bert`, `nomic-bert`, `nomic-bert-moe`.
  public static let names = ["bert", "nomic-bert", "nomic-bert-moe"]

  /// Tokens, positions and types to features.
  public let embedding: TokenEmbedding
  /// The blocks.
  public let blocks: [Block]
  /// None: the last block ends with a norm.
  public var outputNorm: Normalization? { nil }

  /// Prepares the weights.
  public init(configuration: ModelConfiguration, weights: WeightLoader) throws(ModelError) {
    let isNomic = configuration.architecture != "bert"
    var embedding = try TokenEmbedding(configuration, weights, hasPositions: !isNomic)
    embedding.norm = try weights.norm(
      "token_embd_norm", .standard, size: configuration.embeddingLength,
      epsilon: configuration.normEpsilon)
    self.embedding = embedding
    var options = Attention.Options()
    options.isCausal = false
    if isNomic { options.rotary = RotaryEmbedding(configuration.rotary, pairing: .halves) }
    var blocks: [Block] = []
    for index in 0..<configuration.blockCount {
      let layer = LayerWeights(index, configuration, weights)
      blocks.append(
        Block(
          Residual(
            nil, try Attention(layer, options),
            onSum: try layer.norm("attn_output_norm", .standard)),
          Residual(
            nil, try Self.feedForward(layer),
            onSum: try layer.norm("layer_output_norm", .standard))))
    }
    self.blocks = blocks
  }

  private static func feedForward(_ layer: LayerWeights) throws(ModelError) -> any Branch {
    let configuration = layer.configuration
    guard configuration.architecture != "nomic-bert" else { return try FeedForward(layer, .silu) }
    let period = try configuration.hyperparameters.countOrZero(
      MetadataKey(relative: "moe_every_n_layers"), upTo: 1 << 14)
    // The second of every so many blocks.
    guard period > 0, layer.index % period == 1 else {
      return try FeedForward(layer, .gelu, isGated: false)
    }
    return try MixtureOfExperts(
      layer, ExpertRouting(chosen: try configuration.expertsUsed, normalizes: false), .gelu,
      hidden: try configuration.expertLength(layer.index), isGated: false)
  }
}
