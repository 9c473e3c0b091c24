import TensorKernels

/// Gemma 1: embeddings scaled by √width, and feed-forward layers gated with GELU.
///
/// Gemma Team, "Gemma: Open Models Based on Gemini Research and Technology" (2024). Files store
/// the weights of norms with the one already added.
public struct Gemma: DecoderArchitecture {
  /// `gemma`.
  public static let names = ["gemma"]

  /// The whole model.
  public let decoder: Decoder

  /// Prepares the weights.
  public init(configuration: ModelConfiguration, weights: WeightLoader) throws(ModelError) {
    let options = Attention.Options(
      rotary: RotaryEmbedding(configuration.rotary, pairing: .halves))
    var decoder = try Decoder(configuration, weights) { layer throws(ModelError) in
      Block(
        Residual(try layer.norm("attn_norm"), try Attention(layer, options)),
        Residual(try layer.norm("ffn_norm"), try FeedForward(layer, .geluTanh)))
    }
    decoder.embedding.scale = Float(configuration.embeddingLength).squareRoot()
    self.decoder = decoder
  }
}
