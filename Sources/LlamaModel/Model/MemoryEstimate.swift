public import GGUFKit
import QuantCore
public import TensorKernels

/// The memory that a model needs, known from its file's header alone.
public struct MemoryEstimate: Sendable, Equatable {
  /// Bytes of the weights as ``CPUBackend`` holds them.
  public var weights: Int
  /// Bytes of keys and values for the whole context.
  public var cache: Int
  /// Bytes of activations for one step, and of logits.
  public var work: Int

  /// All of it.
  public var total: Int { weights + cache + work }

  /// Estimates for one sequence.
  ///
  /// - Parameters:
  ///   - file: The model.
  ///   - context: Positions of the cache; what the model was trained for unless given.
  ///   - cacheType: How keys and values are kept.
  ///   - batch: The most tokens in one step.
  /// - Throws: ``ModelError`` when the metadata makes no sense, or the sizes cannot be counted.
  public init(
    of file: GGUFFile, context: Int? = nil, cacheType: CacheTypes = .f16, batch: Int = 512
  ) throws(ModelError) {
    let configuration = try ModelConfiguration(metadata: file.metadata)
    let context = context ?? configuration.contextLength
    guard context > 0, batch > 0 else {
      throw ModelError(.invalidArgument, "context and batch must be 1 or more")
    }
    let family = try? ArchitectureRegistry.architecture(named: configuration.architecture)
    let isEncoder = family is any EncoderArchitecture.Type
    weights = file.tensors.reduce(0) { sum, tensor in
      // Embeddings are looked up in the file; everything else with rows becomes a matrix.
      let isMatrix = tensor.shape.count > 1 && tensor.name != "token_embd.weight"
      guard isMatrix else { return sum + tensor.byteCount }
      let type = isEncoder ? HalfPrecisionMatrices.type(of: tensor) : tensor.type
      return sum + CPUBackend.matrixBytes(of: tensor, as: type)
    }
    guard
      let perCache = CacheShape(
        layers: Self.memory(of: file, configuration), capacity: context, type: cacheType
      ).byteCount
    else {
      throw ModelError(.invalidArgument, "a context of \(context) positions is too long")
    }
    // The widest moment of a block: the stream, its normalized form, and the hidden layer's two
    // halves; then the logits of the last position.
    let hidden = configuration.feedForwardLengths.max() ?? 0
    let queries = (configuration.headCounts.max() ?? 0) * configuration.headDimension
    let columns = 2 * configuration.embeddingLength + max(2 * hidden, 4 * queries)
    let (perBatch, overflow) = (columns * 4).multipliedReportingOverflow(by: batch)
    guard !overflow else {
      throw ModelError(.invalidArgument, "a context of \(context) positions is too long")
    }
    cache = perCache
    let vocabulary = file.tensor(named: "token_embd.weight")?.rows ?? 0
    work = perBatch + 4 * vocabulary
  }

  /// What the family's layers remember; every position where the file does not fit a family.
  private static func memory(
    of file: GGUFFile, _ configuration: ModelConfiguration
  ) -> [LayerMemory] {
    let loader = WeightLoader(checking: file.tensors)
    if let type = try? ArchitectureRegistry.architecture(named: configuration.architecture),
      let model = try? type.init(configuration: configuration, weights: loader)
    {
      return model.memory
    }
    return configuration.keyValueHeadCounts.map { heads in
      .attention(
        heads: heads, keyDimension: configuration.headDimension,
        valueDimension: configuration.valueDimension)
    }
  }
}
