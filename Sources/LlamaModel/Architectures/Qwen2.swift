import GGUFKit
import TensorKernels

/// Qwen 2 and 2.5: Llama's blocks with biases for queries, keys and values; the second name has a
/// mixture of experts beside a gated shared one.
///
/// Yang et al., "Qwen2 Technical Report" (2024).
public struct Qwen2: DecoderArchitecture {
  /// `qwen2`, `qwen2moe`.
  public static let names = ["qwen2", "qwen2moe"]

  /// The whole model.
  public let decoder: Decoder

  /// Prepares the weights.
  public init(configuration: ModelConfiguration, weights: WeightLoader) throws(ModelError) {
    let rotary = RotaryEmbedding(configuration.rotary, pairing: .halves)
    let experts = try configuration.expertCountOrZero
    decoder = try Decoder(configuration, weights) { layer throws(ModelError) in
      Block(
        Residual(
          try layer.norm("attn_norm"), try Attention(layer, Attention.Options(rotary: rotary))),
        Residual(
          try layer.norm("ffn_norm"),
          experts == 0 ? try FeedForward(layer, .silu) : try Self.experts(layer)))
    }
  }

  private static func experts(_ layer: LayerWeights) throws(ModelError) -> any Branch {
    let shared = try layer.configuration.hyperparameters.countOrZero(
      .expertSharedFeedForwardLength, upTo: 1 << 24)
    return try MixtureOfExperts(
      layer,
      ExpertRouting(chosen: try layer.configuration.expertsUsed, normalizes: false), .silu,
      hidden: try layer.configuration.expertLength(layer.index),
      sharedHidden: shared > 0 ? shared : layer.hidden)
  }
}
