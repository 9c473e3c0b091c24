import GGUFKit
import TensorKernels

/// Qwen3-Next and Qwen 3.5: gated delta nets in most blocks, gated attention in the others; the
/// names with `moe`, and `qwen3next`, have a mixture of experts beside a gated shared one.
///
/// Qwen Team, "Qwen3-Next: Towards Ultimate Training & Inference Efficiency" (2025). Positions of
/// text are the same in every section of the rotation, which makes it an ordinary one.
public struct Qwen35: DecoderArchitecture {
  /// `qwen3next`, `qwen35`, `qwen35moe`.
  public static let names = ["qwen3next", "qwen35", "qwen35moe"]

  /// The whole model.
  public let decoder: Decoder

  /// Prepares the weights.
  public init(configuration: ModelConfiguration, weights: WeightLoader) throws(ModelError) {
    var options = Attention.Options(
      rotary: RotaryEmbedding(configuration.rotary, pairing: .halves))
    options.norms = .perHead
    options.isGated = true
    options.scale = try configuration.hyperparameters.factor(.attentionScale)
    let isRecurrent = try Self.recurrentBlocks(configuration)
    let experts = try configuration.expertCountOrZero
    // Converters of the later models reorder the value heads.
    let sharing: DeltaRule.Sharing =
      configuration.architecture == "qwen3next" ? .consecutive : .interleaved
    decoder = try Decoder(configuration, weights, blockCount: try configuration.trunkBlockCount) {
      layer throws(ModelError) in
      let mixer: any Branch =
        isRecurrent[layer.index]
        ? try GatedDeltaNet(layer, sharing: sharing) : try Attention(layer, options)
      return Block(
        Residual(try layer.norm("attn_norm"), mixer),
        Residual(
          try layer.norm("post_attention_norm"),
          experts == 0 ? try FeedForward(layer, .silu) : try Self.experts(layer)))
    }
  }

  private static func recurrentBlocks(
    _ configuration: ModelConfiguration
  ) throws(ModelError) -> [Bool] {
    let (parameters, blocks) = (configuration.hyperparameters, configuration.blockCount)
    let flags = MetadataKey<PerLayer<Bool>>(relative: "attention.recurrent_layers")
    if let flags = try parameters.flags(flags, perBlock: blocks) { return flags }
    let interval = try parameters.count(
      MetadataKey(relative: "full_attention_interval"), upTo: 1 << 14, default: 4)
    return (0..<blocks).map { ($0 + 1) % interval != 0 }
  }

  private static func experts(_ layer: LayerWeights) throws(ModelError) -> any Branch {
    let shared = try layer.configuration.hyperparameters.countOrZero(
      .expertSharedFeedForwardLength, upTo: 1 << 24)
    return try MixtureOfExperts(
      layer,
      ExpertRouting(chosen: try layer.configuration.expertsUsed, normalizes: true), .silu,
      hidden: try layer.configuration.expertLength(layer.index),
      sharedHidden: shared > 0 ? shared : layer.hidden)
  }
}

extension ModelConfiguration {
  /// Blocks without those at the end that only predict further tokens.
  var trunkBlockCount: Int {
    get throws(ModelError) {
      let extra = try hyperparameters.countOrZero(.predictionBlockCount, upTo: blockCount - 1)
      return blockCount - extra
    }
  }
}
