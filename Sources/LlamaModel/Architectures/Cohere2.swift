import GGUFKit
import TensorKernels

/// Command R7B: branches side by side; three blocks with a sliding window and rotary positions to
/// one with neither.
///
/// Cohere, "Command A: An Enterprise-Ready Large Language Model" (2025).
public struct Cohere2: DecoderArchitecture {
  /// `cohere2`.
  public static let names = ["cohere2"]

  /// The whole model.
  public let decoder: Decoder

  /// Prepares the weights.
  public init(configuration: ModelConfiguration, weights: WeightLoader) throws(ModelError) {
    let windows = try SlidingWindows(configuration, window: 4096, fullEvery: 4)
    let rotary = RotaryEmbedding(configuration.rotary, pairing: .adjacent)
    var decoder = try Decoder(configuration, weights, norm: .standard) {
      layer throws(ModelError) in
      let window = windows[layer.index]
      let options = Attention.Options(rotary: window == nil ? nil : rotary, window: window)
      let norm = try layer.norm("attn_norm", .standard)
      return Block(
        parallel: Residual(norm, try Attention(layer, options)),
        Residual(norm, try FeedForward(layer, .silu)))
    }
    decoder.logitScale = try configuration.hyperparameters.factor(.logitScale)
    self.decoder = decoder
  }
}
