import TensorKernels

/// OLMo 2: norms behind the branches instead of before them, and of all queries and keys.
///
/// OLMo Team, "2 OLMo 2 Furious" (2025).
public struct OLMo2: DecoderArchitecture {
  /// `olmo2`.
  public static let names = ["olmo2"]

  /// The whole model.
  public let decoder: Decoder

  /// Prepares the weights.
  public init(configuration: ModelConfiguration, weights: WeightLoader) throws(ModelError) {
    var options = Attention.Options(
      rotary: RotaryEmbedding(configuration.rotary, pairing: .halves))
    options.norms = .whole
    decoder = try Decoder(configuration, weights) { layer throws(ModelError) in
      Block(
        Residual(
          nil, try Attention(layer, options), after: try layer.norm("post_attention_norm")),
        Residual(nil, try FeedForward(layer, .silu), after: try layer.norm("post_ffw_norm")))
    }
  }
}
