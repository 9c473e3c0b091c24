import GGUFKit
import TensorKernels

/// Mistral 3: Llama's blocks, with queries that grow with their position where a model was
/// stretched to long texts.
///
/// Mistral AI, "Introducing Mistral 3" (2025).
public struct Mistral3: DecoderArchitecture {
  /// `mistral3`.
  public static let names = ["mistral3"]

  /// The whole model.
  public let decoder: Decoder

  /// Prepares the weights.
  public init(configuration: ModelConfiguration, weights: WeightLoader) throws(ModelError) {
    let parameters = configuration.hyperparameters
    var rotary = configuration.rotary
    if case .yarn(var yarn) = rotary.scaling {
      yarn.grows = false
      rotary.scaling = .yarn(yarn)
    }
    var options = Attention.Options(rotary: RotaryEmbedding(rotary, pairing: .adjacent))
    options.scale = try parameters.factor(.attentionScale)
    if let rate = try parameters.factor(.attentionTemperatureScale) {
      options.growth = Attention.PositionGrowth(
        rate: rate, length: try parameters.count(.ropeOriginalContextLength, upTo: 1 << 30))
    }
    let experts = try configuration.expertCountOrZero
    decoder = try Decoder(configuration, weights) { layer throws(ModelError) in
      Block(
        Residual(try layer.norm("attn_norm"), try Attention(layer, options)),
        Residual(
          try layer.norm("ffn_norm"),
          experts == 0 ? try FeedForward(layer, .silu) : try Llama.experts(layer)))
    }
  }
}
