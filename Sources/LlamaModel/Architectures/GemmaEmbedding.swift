import GGUFKit
public import TensorKernels

/// EmbeddingGemma: the blocks of Gemma 3 as an encoder, with windows to both sides.
///
/// Vera et al., "EmbeddingGemma: Powerful and Lightweight Text Representations" (2025).
public struct GemmaEmbedding: EncoderArchitecture {
  /// `gemma-embedding`.
  public static let names = ["gemma-embedding"]

  /// Tokens to features.
  public let embedding: TokenEmbedding
  /// The blocks.
  public let blocks: [Block]
  /// After the last block.
  public let outputNorm: Normalization?

  /// Prepares the weights.
  public init(configuration: ModelConfiguration, weights: WeightLoader) throws(ModelError) {
    let windows = try SlidingWindows(configuration, window: 512, fullEvery: 6)
    let global = RotaryEmbedding(configuration.rotary, pairing: .halves)
    let local = RotaryEmbedding(try configuration.slidingRotary(), pairing: .halves)
    var embedding = try TokenEmbedding(configuration, weights)
    embedding.scale = Float(configuration.embeddingLength).squareRoot()
    self.embedding = embedding
    var blocks: [Block] = []
    for index in 0..<configuration.blockCount {
      let layer = LayerWeights(index, configuration, weights)
      var options = Attention.Options(rotary: windows[index] == nil ? global : local)
      options.isCausal = false
      options.norms = .perHead
      // The file's window spans both sides.
      options.window = windows[index].map { $0 / 2 + 1 }
      blocks.append(
        Block(
          Residual(
            try layer.norm("attn_norm"), try Attention(layer, options),
            after: try layer.norm("post_attention_norm")),
          Residual(
            try layer.norm("ffn_norm"), try FeedForward(layer, .geluTanh),
            after: try layer.norm("post_ffw_norm"))))
    }
    self.blocks = blocks
    outputNorm = try weights.norm(
      "output_norm", size: configuration.embeddingLength, epsilon: configuration.normEpsilon)
  }
}
