import GGUFKit
import TensorKernels

/// Granite 3: Llama's blocks with factors for embeddings, scores, branches and logits (Yang et
/// al., "Tensor Programs V", 2022); the second name has a mixture of experts.
///
/// IBM Granite Team, "Granite 3.0 Language Models" (2024).
public struct Granite: DecoderArchitecture {
  /// `granite`, `granitemoe`.
  public static let names = ["granite", "granitemoe"]

  /// The whole model.
  public let decoder: Decoder

  /// Prepares the weights.
  public init(configuration: ModelConfiguration, weights: WeightLoader) throws(ModelError) {
    let parameters = configuration.hyperparameters
    var options = Attention.Options(
      rotary: RotaryEmbedding(configuration.rotary, pairing: .adjacent))
    options.scale = try parameters.factor(.attentionScale)
    let scale = try parameters.factor(.residualScale)
    let experts = try configuration.expertCountOrZero
    var decoder = try Decoder(configuration, weights) { layer throws(ModelError) in
      Block(
        Residual(try layer.norm("attn_norm"), try Attention(layer, options), scale: scale),
        Residual(
          try layer.norm("ffn_norm"),
          experts == 0 ? try FeedForward(layer, .silu) : try Self.experts(layer), scale: scale))
    }
    decoder.embedding.scale = try parameters.factor(.embeddingScale)
    // The file gives the divisor.
    decoder.logitScale = try parameters.factor(.logitScale).map { 1 / $0 }
    self.decoder = decoder
  }

  private static func experts(_ layer: LayerWeights) throws(ModelError) -> any Branch {
    try MixtureOfExperts(
      layer,
      ExpertRouting(
        chosen: try layer.configuration.expertsUsed, scoring: .softmaxOfChosen,
        normalizes: false),
      .silu, hidden: try layer.configuration.expertLength(layer.index),
      sharedHidden: try layer.configuration.hyperparameters.countOrZero(
        .expertSharedFeedForwardLength, upTo: 1 << 24))
  }
}
