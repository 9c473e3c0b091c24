import TensorKernels

/// StableLM: layer norms with biases, partly rotated heads, and in the 12B model norms of queries
/// and keys and branches side by side.
///
/// Bellagente et al., "Stable LM 2 1.6B Technical Report" (2024).
public struct StableLM: DecoderArchitecture {
  /// `stablelm`.
  public static let names = ["stablelm"]

  /// The whole model.
  public let decoder: Decoder

  /// Prepares the weights.
  public init(configuration: ModelConfiguration, weights: WeightLoader) throws(ModelError) {
    let rotary = RotaryEmbedding(configuration.rotary, pairing: .halves)
    decoder = try Decoder(configuration, weights, norm: .standard) { layer throws(ModelError) in
      var options = Attention.Options(rotary: rotary)
      options.norms = layer.has("attn_q_norm.weight") ? .standardPerHead : nil
      let attention = Residual(
        try layer.norm("attn_norm", .standard), try Attention(layer, options))
      let feedForward = try FeedForward(layer, .silu)
      // A block with one norm for both has them side by side.
      guard layer.has("ffn_norm.weight") else {
        return Block(parallel: attention, Residual(attention.before, feedForward))
      }
      return Block(attention, Residual(try layer.norm("ffn_norm", .standard), feedForward))
    }
  }
}
