import GGUFKit
import TensorKernels

/// Gemma 2: sliding windows in every second block, norms on both sides of each branch, and bounded
/// scores and logits.
///
/// Gemma Team, "Gemma 2: Improving Open Language Models at a Practical Size" (2024).
public struct Gemma2: DecoderArchitecture {
  /// `gemma2`.
  public static let names = ["gemma2"]

  /// The whole model.
  public let decoder: Decoder

  /// Prepares the weights.
  public init(configuration: ModelConfiguration, weights: WeightLoader) throws(ModelError) {
    let parameters = configuration.hyperparameters
    let windows = try SlidingWindows(configuration, window: 4096, fullEvery: 2)
    var options = Attention.Options(
      rotary: RotaryEmbedding(configuration.rotary, pairing: .halves))
    options.softcap = try parameters.factor(.attentionLogitSoftcap)
    options.scale = Self.scale(configuration, largestBlockCount: 46)
    var decoder = try Decoder(configuration, weights) { layer throws(ModelError) in
      var options = options
      options.window = windows[layer.index]
      return Block(
        Residual(
          try layer.norm("attn_norm"), try Attention(layer, options),
          after: try layer.norm("post_attention_norm")),
        Residual(
          try layer.norm("ffn_norm"), try FeedForward(layer, .geluTanh),
          after: try layer.norm("post_ffw_norm")))
    }
    decoder.embedding.scale = Float(configuration.embeddingLength).squareRoot()
    decoder.softcap = try parameters.factor(.finalLogitSoftcap)
    self.decoder = decoder
  }

  /// What scores are multiplied with. The largest model of Gemma 2 and of Gemma 3 divides by the
  /// root of width / heads instead of the head's; files say so by their number of blocks alone.
  static func scale(_ configuration: ModelConfiguration, largestBlockCount: Int) -> Float? {
    guard configuration.blockCount == largestBlockCount else { return nil }
    let size = Float(configuration.embeddingLength) / Float(configuration.headCounts[0])
    return 1 / size.squareRoot()
  }
}
