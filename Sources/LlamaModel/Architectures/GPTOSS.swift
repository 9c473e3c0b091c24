import GGUFKit
import TensorKernels

/// gpt-oss: experts with clamped gates and biases, sinks in every head, and a sliding window in
/// every second block.
///
/// OpenAI, "gpt-oss-120b & gpt-oss-20b Model Card" (2025).
public struct GPTOSS: DecoderArchitecture {
  /// `gpt-oss`.
  public static let names = ["gpt-oss"]

  /// The whole model.
  public let decoder: Decoder

  /// Prepares the weights.
  public init(configuration: ModelConfiguration, weights: WeightLoader) throws(ModelError) {
    let windows = try SlidingWindows(configuration, window: 128, fullEvery: 2)
    var rotary = configuration.rotary
    if case .yarn(var yarn) = rotary.scaling {
      yarn.rounds = false
      rotary.scaling = .yarn(yarn)
    }
    let embedding = RotaryEmbedding(rotary, pairing: .halves)
    let routing = ExpertRouting(
      chosen: try configuration.expertsUsed, scoring: .softmaxOfChosen, normalizes: false)
    decoder = try Decoder(configuration, weights) { layer throws(ModelError) in
      let options = Attention.Options(rotary: embedding, window: windows[layer.index])
      return Block(
        Residual(try layer.norm("attn_norm"), try Attention(layer, options)),
        Residual(
          try layer.norm("post_attention_norm"),
          try MixtureOfExperts(
            layer, routing, .clampedSwish(slope: 1.702, limit: 7),
            hidden: try configuration.expertLength(layer.index))))
    }
  }
}
