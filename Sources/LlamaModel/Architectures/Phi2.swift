import TensorKernels

/// Phi 1 to 2: attention and feed-forward layer side by side behind one norm, with biases.
///
/// Javaheripi et al., "Phi-2: The surprising power of small language models" (2023).
public struct Phi2: DecoderArchitecture {
  /// `phi2`.
  public static let names = ["phi2"]

  /// The whole model.
  public let decoder: Decoder

  /// Prepares the weights.
  public init(configuration: ModelConfiguration, weights: WeightLoader) throws(ModelError) {
    let options = Attention.Options(
      rotary: RotaryEmbedding(configuration.rotary, pairing: .halves))
    decoder = try Decoder(configuration, weights, norm: .standard) { layer throws(ModelError) in
      let norm = try layer.norm("attn_norm", .standard)
      return Block(
        parallel: Residual(norm, try Attention(layer, options)),
        Residual(norm, try FeedForward(layer, .geluTanh, isGated: false)))
    }
  }
}
