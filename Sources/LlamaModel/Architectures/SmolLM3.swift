import TensorKernels

/// SmolLM3: Llama's blocks, every fourth of which has no positions (Yang et al., "RoPE to NoPE and
/// Back Again", 2025).
public struct SmolLM3: DecoderArchitecture {
  /// `smollm3`.
  public static let names = ["smollm3"]

  /// The whole model.
  public let decoder: Decoder

  /// Prepares the weights.
  public init(configuration: ModelConfiguration, weights: WeightLoader) throws(ModelError) {
    let rotary = RotaryEmbedding(configuration.rotary, pairing: .adjacent)
    decoder = try Decoder(configuration, weights) { layer throws(ModelError) in
      let options = Attention.Options(rotary: (layer.index + 1) % 4 == 0 ? nil : rotary)
      return Block(
        Residual(try layer.norm("attn_norm"), try Attention(layer, options)),
        Residual(try layer.norm("ffn_norm"), try FeedForward(layer, .silu)))
    }
  }
}
