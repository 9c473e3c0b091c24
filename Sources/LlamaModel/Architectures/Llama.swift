import GGUFKit
import TensorKernels

/// Llama 1 to 3 and their kin: pre-norm blocks of grouped-query attention with rotary positions
/// and a SiLU-gated feed-forward layer, or a mixture of such layers.
///
/// Touvron et al., "LLaMA: Open and Efficient Foundation Language Models" (2023); Grattafiori et
/// al., "The Llama 3 Herd of Models" (2024); Jiang et al., "Mixtral of Experts" (2024). Covers
/// models in the same shape that use the name, such as Mistral 7B and SmolLM2.
public struct Llama: DecoderArchitecture {
  /// `llama`.
  public static let names = ["llama"]

  /// The whole model.
  public let decoder: Decoder

  /// Prepares the weights.
  public init(configuration: ModelConfiguration, weights: WeightLoader) throws(ModelError) {
    let rotary = RotaryEmbedding(
      configuration.rotary,
      factors: try weights.values("rope_freqs.weight", count: configuration.rotary.dimensions / 2),
      pairing: .adjacent)
    var options = Attention.Options(rotary: rotary)
    options.scale = try configuration.hyperparameters.factor(.attentionScale)
    let experts = try configuration.expertCountOrZero
    decoder = try Decoder(configuration, weights) { layer throws(ModelError) in
      Block(
        Residual(try layer.norm("attn_norm"), try Attention(layer, options)),
        Residual(
          try layer.norm("ffn_norm"),
          experts == 0 ? try FeedForward(layer, .silu) : try Self.experts(layer)))
    }
  }

  static func experts(_ layer: LayerWeights) throws(ModelError) -> any Branch {
    try MixtureOfExperts(
      layer,
      ExpertRouting(chosen: try layer.configuration.expertsUsed, normalizes: true), .silu,
      hidden: try layer.configuration.expertLength(layer.index))
  }
}
