import GGUFKit
import TensorKernels

/// Phi 3 and 4: Llama's blocks with fused matrices, and rotary frequencies that are divided by
/// factors, others for long texts than for short ones.
///
/// Abdin et al., "Phi-3 Technical Report" (2024).
public struct Phi3: DecoderArchitecture {
  /// `phi3`.
  public static let names = ["phi3"]

  /// The whole model.
  public let decoder: Decoder

  /// Prepares the weights.
  public init(configuration: ModelConfiguration, weights: WeightLoader) throws(ModelError) {
    let windows = try SlidingWindows(configuration, window: nil, fullEvery: 0)
    let rotary = try Self.rotary(configuration, weights)
    decoder = try Decoder(configuration, weights) { layer throws(ModelError) in
      let options = Attention.Options(rotary: rotary, window: windows[layer.index])
      return Block(
        Residual(try layer.norm("attn_norm"), try Attention(layer, options)),
        Residual(try layer.norm("ffn_norm"), try FeedForward(layer, .silu)))
    }
  }

  private static func rotary(
    _ configuration: ModelConfiguration, _ weights: WeightLoader
  ) throws(ModelError) -> RotaryEmbedding {
    let (parameters, pairs) = (
      configuration.hyperparameters, configuration.rotary.dimensions / 2
    )
    guard let short = try weights.values("rope_factors_short.weight", count: pairs),
      let long = try weights.values("rope_factors_long.weight", count: pairs)
    else { return RotaryEmbedding(configuration.rotary, pairing: .halves) }
    return RotaryEmbedding(
      configuration.rotary, short: short, long: long,
      limit: try parameters.count(
        .ropeOriginalContextLength, upTo: 1 << 30, default: configuration.contextLength),
      magnitude: Double(try parameters.number(.ropeScalingAttentionFactor, default: 1)),
      pairing: .halves)
  }
}
