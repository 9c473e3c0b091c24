import TensorKernels

/// OLMo 2 and 3: norms behind the branches instead of before them, and of all queries and keys; the
/// third has a sliding window, and positions that are never stretched, in three blocks of four.
///
/// OLMo Team, "2 OLMo 2 Furious" (2025); OLMo Team, "Olmo 3" (2025).
public struct OLMo2: DecoderArchitecture {
  /// `olmo2`.
  public static let names = ["olmo2"]

  /// The whole model.
  public let decoder: Decoder

  /// Prepares the weights.
  public init(configuration: ModelConfiguration, weights: WeightLoader) throws(ModelError) {
    let windows = try SlidingWindows(configuration, window: nil, fullEvery: 4)
    let global = RotaryEmbedding(configuration.rotary, pairing: .halves)
    let local = RotaryEmbedding(
      try configuration.slidingRotary(base: configuration.rotary.base), pairing: .halves)
    decoder = try Decoder(configuration, weights) { layer throws(ModelError) in
      let window = windows[layer.index]
      var options = Attention.Options(rotary: window == nil ? global : local, window: window)
      options.norms = .whole
      return Block(
        Residual(
          nil, try Attention(layer, options), after: try layer.norm("post_attention_norm")),
        Residual(nil, try FeedForward(layer, .silu), after: try layer.norm("post_ffw_norm")))
    }
  }
}
