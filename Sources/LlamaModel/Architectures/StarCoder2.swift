import TensorKernels

/// StarCoder 2: layer norms, biases everywhere, and a feed-forward layer without a gate.
///
/// Lozhkov et al., "StarCoder 2 and The Stack v2" (2024).
public struct StarCoder2: DecoderArchitecture {
  /// `starcoder2`.
  public static let names = ["starcoder2"]

  /// The whole model.
  public let decoder: Decoder

  /// Prepares the weights.
  public init(configuration: ModelConfiguration, weights: WeightLoader) throws(ModelError) {
    let windows = try SlidingWindows(configuration, window: nil, fullEvery: 0)
    let rotary = RotaryEmbedding(configuration.rotary, pairing: .halves)
    decoder = try Decoder(configuration, weights, norm: .standard) { layer throws(ModelError) in
      let options = Attention.Options(rotary: rotary, window: windows[layer.index])
      return Block(
        Residual(try layer.norm("attn_norm", .standard), try Attention(layer, options)),
        Residual(
          try layer.norm("ffn_norm", .standard),
          try FeedForward(layer, .geluTanh, isGated: false)))
    }
  }
}
