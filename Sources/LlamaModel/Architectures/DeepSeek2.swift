import GGUFKit
import TensorKernels

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif
#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// DeepSeek 2 to 3.1: attention over compressed keys and values, and after the first blocks a
/// mixture of many small experts beside shared ones.
///
/// DeepSeek-AI, "DeepSeek-V2: A Strong, Economical, and Efficient Mixture-of-Experts Language
/// Model" (2024); DeepSeek-AI, "DeepSeek-V3 Technical Report" (2024).
public struct DeepSeek2: DecoderArchitecture {
  /// `deepseek2`.
  public static let names = ["deepseek2"]

  /// The whole model.
  public let decoder: Decoder

  /// Prepares the weights.
  public init(configuration: ModelConfiguration, weights: WeightLoader) throws(ModelError) {
    let parameters = configuration.hyperparameters
    var rotary = configuration.rotary
    var temperature = 1.0
    if case .yarn(var yarn) = rotary.scaling {
      // The family scales the whole dot product, and so not the rotated part of it alone.
      let multiplier = Double(try parameters.number(.yarnLogMultiplier, default: 0))
      let growth = 1 + multiplier * log(max(1, yarn.factor))
      temperature = growth * growth
      yarn.grows = false
      rotary.scaling = .yarn(yarn)
    }
    let embedding = RotaryEmbedding(rotary, pairing: .adjacent)
    let dense = try parameters.countOrZero(
      .leadingDenseBlockCount, upTo: configuration.blockCount)
    let experts = try configuration.expertCountOrZero
    decoder = try Decoder(configuration, weights, blockCount: try configuration.trunkBlockCount) {
      layer throws(ModelError) in
      Block(
        Residual(
          try layer.norm("attn_norm"),
          try LatentAttention(layer, rotary: embedding, temperature: Float(temperature))),
        Residual(
          try layer.norm("ffn_norm"),
          layer.index < dense || experts == 0
            ? try FeedForward(layer, .silu) : try Self.experts(layer)))
    }
  }

  private static func experts(_ layer: LayerWeights) throws(ModelError) -> any Branch {
    let (configuration, parameters) = (
      layer.configuration, layer.configuration.hyperparameters
    )
    let count = try configuration.expertCount
    let sigmoids = try parameters.countOrZero(.expertGatingFunction, upTo: 2) == 2
    var routing = ExpertRouting(
      chosen: try configuration.expertsUsed, scoring: sigmoids ? .sigmoid : .softmax,
      normalizes: try parameters.flag(.expertWeightsNorm, default: false))
    routing.scale = try parameters.factor(.expertWeightsScale) ?? 1
    routing.bias =
      try layer.all.values(layer.name("exp_probs_b.bias"), count: count) ?? []
    let groups = try parameters.count(.expertGroupCount, upTo: count, default: 1)
    guard count % groups == 0 else {
      throw parameters.invalid(.expertGroupCount, "\(count) experts make no \(groups) groups")
    }
    routing.groups = (
      groups, try parameters.count(.expertGroupUsedCount, upTo: groups, default: groups)
    )
    let hidden = try configuration.expertLength(layer.index)
    return try MixtureOfExperts(
      layer, routing, .silu, hidden: hidden,
      sharedHidden: hidden * (try parameters.countOrZero(.expertSharedCount, upTo: 1 << 8)))
  }
}
