import TensorKernels

/// GPT-2: learned positions, layer norms, and a feed-forward layer without a gate.
///
/// Radford et al., "Language Models are Unsupervised Multitask Learners" (2019).
public struct GPT2: DecoderArchitecture {
  /// `gpt2`.
  public static let names = ["gpt2"]

  /// The whole model.
  public let decoder: Decoder

  /// Prepares the weights.
  public init(configuration: ModelConfiguration, weights: WeightLoader) throws(ModelError) {
    decoder = try Decoder(configuration, weights, norm: .standard, hasPositions: true) {
      layer throws(ModelError) in
      Block(
        Residual(
          try layer.norm("attn_norm", .standard), try Attention(layer, Attention.Options())),
        Residual(
          try layer.norm("ffn_norm", .standard),
          try FeedForward(layer, .geluTanh, isGated: false)))
    }
  }
}
