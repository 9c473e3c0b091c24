import GGUFKit
import TensorKernels

/// Gemma 3: five blocks with a sliding window to one without, which have rotary frequencies of
/// their own, and norms of queries and keys.
///
/// Gemma Team, "Gemma 3 Technical Report" (2025).
public struct Gemma3: DecoderArchitecture {
  /// `gemma3`.
  public static let names = ["gemma3"]

  /// The whole model.
  public let decoder: Decoder

  /// Prepares the weights.
  public init(configuration: ModelConfiguration, weights: WeightLoader) throws(ModelError) {
    let windows = try SlidingWindows(configuration, window: nil, fullEvery: 6)
    let global = RotaryEmbedding(configuration.rotary, pairing: .halves)
    let local = RotaryEmbedding(try configuration.slidingRotary(), pairing: .halves)
    var decoder = try Decoder(configuration, weights) { layer throws(ModelError) in
      let window = windows[layer.index]
      var options = Attention.Options(rotary: window == nil ? global : local, window: window)
      options.norms = .perHead
      options.scale = Gemma2.scale(configuration, largestBlockCount: 62)
      return Block(
        Residual(
          try layer.norm("attn_norm"), try Attention(layer, options),
          after: try layer.norm("post_attention_norm")),
        Residual(
          try layer.norm("ffn_norm"), try FeedForward(layer, .geluTanh),
          after: try layer.norm("post_ffw_norm")))
    }
    decoder.embedding.scale = Float(configuration.embeddingLength).squareRoot()
    decoder.softcap = try configuration.hyperparameters.factor(.finalLogitSoftcap)
    self.decoder = decoder
  }
}
