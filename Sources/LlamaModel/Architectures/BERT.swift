import GGUFKit
public import TensorKernels

/// BERT and Nomic's variant with rotary positions and SiLU-gated feed-forward layers: encoders
/// whose norms stand behind the sums.
///
/// Devlin et al., "BERT: Pre-training of Deep Bidirectional Transformers for Language
/// Understanding" (2018); Nussbaum et al., "Nomic Embed" (2024).
public struct BERT: EncoderArchitecture {
  /// `bert`, `nomic-bert`.
  public static let names = ["bert", "nomic-bert"]

  /// Tokens, positions and types to features.
  public let embedding: TokenEmbedding
  /// The blocks.
  public let blocks: [Block]
  /// None: the last block ends with a norm.
  public var outputNorm: Normalization? { nil }

  /// Prepares the weights.
  public init(configuration: ModelConfiguration, weights: WeightLoader) throws(ModelError) {
    let isNomic = configuration.architecture == "nomic-bert"
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
            nil, try FeedForward(layer, isNomic ? .silu : .gelu, isGated: isNomic),
            onSum: try layer.norm("layer_output_norm", .standard))))
    }
    self.blocks = blocks
  }
}
