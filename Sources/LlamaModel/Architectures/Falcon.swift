import TensorKernels

/// Falcon: attention and feed-forward layer side by side, behind one norm (7B) or one each (40B).
///
/// Almazrouei et al., "The Falcon Series of Open Language Models" (2023).
public struct Falcon: DecoderArchitecture {
  /// `falcon`.
  public static let names = ["falcon"]

  /// The whole model.
  public let decoder: Decoder

  /// Prepares the weights.
  public init(configuration: ModelConfiguration, weights: WeightLoader) throws(ModelError) {
    let options = Attention.Options(
      rotary: RotaryEmbedding(configuration.rotary, pairing: .halves))
    decoder = try Decoder(configuration, weights, norm: .standard) { layer throws(ModelError) in
      let norm = try layer.norm("attn_norm", .standard)
      let ofAttention =
        layer.has("attn_norm_2.weight") ? try layer.norm("attn_norm_2", .standard) : norm
      return Block(
        parallel: Residual(ofAttention, try Attention(layer, options)),
        Residual(norm, try FeedForward(layer, .gelu, isGated: false)))
    }
  }
}
