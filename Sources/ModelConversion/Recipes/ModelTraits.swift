public import GGUFKit

/// What recipes look at in a model, beside its tensors.
public struct ModelTraits: Sendable, Equatable {
  /// `general.architecture`.
  public var architecture: String
  /// Transformer blocks.
  public var layerCount: Int
  /// Experts of a feed-forward layer; 0 where there are none.
  public var expertCount: Int
  /// Query heads that share one head of keys and values.
  public var queryGroupSize: Int
  /// Whether the projection to logits is the token embedding.
  public var hasTiedEmbeddings: Bool
  /// Whether it is one of the models of 70 billion weights whose values are few and matter more.
  public var isLarge: Bool

  /// What a file says.
  ///
  /// What the metadata lack counts as 0: any GGUF file can be quantized.
  public init(of file: GGUFFile) {
    let metadata = file.metadata
    architecture = metadata[.architecture] ?? ""
    layerCount = metadata[.blockCount] ?? 0
    expertCount = metadata[.expertCount] ?? 0
    let heads = metadata[.headCount]?[0] ?? 0
    let keyValueHeads = metadata[.headCountKV]?[0] ?? heads
    queryGroupSize = keyValueHeads > 0 ? heads / keyValueHeads : 0
    hasTiedEmbeddings = file.tensor(named: "output.weight") == nil
    isLarge =
      layerCount == 80
      && (architecture == "llama"
        ? heads != keyValueHeads : ["qwen2", "deci"].contains(architecture))
  }
}
