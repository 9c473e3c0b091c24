import TensorKernels

/// Nemotron 4 and Minitron: layer norms, partly rotated heads, and a feed-forward layer of squared
/// ReLUs without a gate.
///
/// Parmar et al., "Nemotron-4 15B Technical Report" (2024). Files store the weights of norms with
/// the one already added.
public struct Nemotron: DecoderArchitecture {
  /// `nemotron`.
  public static let names = ["nemotron"]

  /// The whole model.
  public let decoder: Decoder

  /// Prepares the weights.
  public init(configuration: ModelConfiguration, weights: WeightLoader) throws(ModelError) {
    let options = Attention.Options(
      rotary: RotaryEmbedding(configuration.rotary, pairing: .halves))
    decoder = try Decoder(configuration, weights, norm: .standard) { layer throws(ModelError) in
      Block(
        Residual(try layer.norm("attn_norm", .standard), try Attention(layer, options)),
        Residual(
          try layer.norm("ffn_norm", .standard),
          try FeedForward(layer, .squaredReLU, isGated: false)))
    }
  }
}
