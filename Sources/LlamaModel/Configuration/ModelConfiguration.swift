public import GGUFKit

/// The hyperparameters that every decoder family has, read from a model file's metadata.
public struct ModelConfiguration: Sendable, Equatable {
  /// GGUF's name of the family, such as `llama`.
  public var architecture: String
  /// The model's own name, if the file gives one.
  public var name: String?
  /// Positions that the model was trained for.
  public var contextLength: Int
  /// Features of the residual stream.
  public var embeddingLength: Int
  /// Transformer blocks.
  public var blockCount: Int
  /// Hidden features of the feed-forward layer, per block.
  public var feedForwardLengths: [Int]
  /// Query heads, per block.
  public var headCounts: [Int]
  /// Key-value heads, per block.
  public var keyValueHeadCounts: [Int]
  /// Elements of a query and of a key per head.
  public var headDimension: Int
  /// Elements of a value per head.
  public var valueDimension: Int
  /// Added to the mean of squares, or to the variance, before the root.
  public var normEpsilon: Float
  /// How positions are encoded.
  public var rotary: RotaryConfiguration
  /// Entries of the vocabulary, if the metadata says.
  public var vocabularySize: Int?
  /// All that the file says, for what only some families have.
  public var hyperparameters: Hyperparameters

  /// Reads and checks the metadata.
  ///
  /// - Throws: ``ModelError/Code/invalidConfiguration`` naming the key that is missing or makes
  ///   no sense.
  public init(metadata: GGUFMetadata) throws(ModelError) {
    let reader = try Hyperparameters(metadata)
    hyperparameters = reader
    architecture = reader.architecture
    name = metadata[.name]
    contextLength = try reader.count(.contextLength, upTo: 1 << 30)
    embeddingLength = try reader.count(.embeddingLength, upTo: 1 << 20)
    blockCount = try reader.count(.blockCount, upTo: 1 << 14)
    headCounts = try reader.counts(.headCount, upTo: 1 << 16, perBlock: blockCount)
    keyValueHeadCounts = try reader.counts(
      .headCountKV, from: 0, upTo: 1 << 16, perBlock: blockCount, default: headCounts)
    // Where every layer has experts a file may give their size alone.
    let expertLength = try reader.countOrZero(.expertFeedForwardLength, upTo: 1 << 24)
    feedForwardLengths = try reader.counts(
      .feedForwardLength, from: 0, upTo: 1 << 24, perBlock: blockCount,
      default: expertLength == 0 ? nil : Array(repeating: expertLength, count: blockCount))
    let heads = headCounts[0]
    let length = try reader.count(
      .keyLength, upTo: 1 << 16, default: max(1, embeddingLength / heads))
    headDimension = length
    valueDimension = try reader.count(.valueLength, upTo: 1 << 16, default: length)
    for (block, (heads, shared)) in zip(headCounts, keyValueHeadCounts).enumerated()
    where shared != 0 && heads % shared != 0 {
      throw reader.invalid(
        .headCountKV,
        "\(heads) query heads cannot share \(shared) key-value heads in block \(block)")
    }
    let standard = try reader.number(.normalizationEpsilon, default: 1e-5)
    normEpsilon = try reader.number(.rmsNormalizationEpsilon, default: standard)
    guard normEpsilon >= 0 else {
      throw reader.invalid(.rmsNormalizationEpsilon, "\(normEpsilon) is negative")
    }
    rotary = try RotaryConfiguration(
      reader, headDimension: headDimension, contextLength: contextLength)
    vocabularySize =
      reader.has(.vocabularySize) ? try reader.count(.vocabularySize, upTo: 1 << 28) : nil
  }
}
