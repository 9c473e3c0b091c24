import TensorKernels

/// Qwen 3: blocks whose queries and keys are normalized per head; the second name has a mixture of
/// experts.
///
/// Yang et al., "Qwen3 Technical Report" (2025).
public struct Qwen3: DecoderArchitecture {
  /// `qwen3`, `qwen3moe`.
  public static let names = ["qwen3", "qwen3moe"]

  /// The whole model.
  public let decoder: Decoder

  /// Prepares the weights.
  public init(configuration: ModelConfiguration, weights: WeightLoader) throws(ModelError) {
    var options = Attention.Options(
      rotary: RotaryEmbedding(configuration.rotary, pairing: .halves))
    options.norms = .perHead
    let experts = try configuration.expertCountOrZero
    decoder = try Decoder(configuration, weights) { layer throws(ModelError) in
      Block(
        Residual(try layer.norm("attn_norm"), try Attention(layer, options)),
        Residual(
          try layer.norm("ffn_norm"),
          experts == 0 ? try FeedForward(layer, .silu) : try Self.experts(layer)))
    }
  }

  private static func experts(_ layer: LayerWeights) throws(ModelError) -> any Branch {
    try MixtureOfExperts(
      layer,
      ExpertRouting(chosen: try layer.configuration.expertsUsed, normalizes: true), .silu,
      hidden: try layer.configuration.expertLength(layer.index))
  }
}
