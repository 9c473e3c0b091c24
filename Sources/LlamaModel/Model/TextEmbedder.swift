import GGUFKit
import TensorKernels

/// Texts to vectors whose angles say how alike the texts are.
///
/// ```swift
/// let embedder = try TextEmbedder(LanguageModel(contentsOf: url))
/// let vector = try embedder.embed("A cria is a baby llama.")
/// ```
///
/// For models of any family that gives features: encoders such as BERT, and decoders that were
/// trained for it.
public struct TextEmbedder: Sendable {
  /// How the features of a text's tokens become one vector.
  public enum Pooling: String, CaseIterable, Sendable {
    /// Their mean.
    case mean
    /// The first token's.
    case cls
    /// The last token's.
    case last
  }

  /// The model.
  public let model: LanguageModel
  /// How features become one vector.
  public var pooling: Pooling
  /// Whether vectors are scaled to length 1.
  public var normalizes = true

  /// An embedder.
  ///
  /// - Parameters:
  ///   - model: The model.
  ///   - pooling: What the file says unless given; without that the last token for families that
  ///     read from left to right, and the mean for others.
  public init(_ model: LanguageModel, pooling: Pooling? = nil) {
    self.model = model
    let fallback: Pooling = model.architecture is any EncoderArchitecture ? .mean : .last
    self.pooling = pooling ?? Self.pooling(in: model.metadata) ?? fallback
  }

  /// What the file asks for, in ggml's numbering.
  private static func pooling(in metadata: GGUFMetadata) -> Pooling? {
    switch metadata[MetadataKey<Int>(relative: "pooling_type")] {
    case 1: .mean
    case 2: .cls
    case 3: .last
    default: nil
    }
  }

  /// Elements of a vector.
  public var dimensions: Int { model.configuration.embeddingLength }

  /// The vector of a text.
  ///
  /// - Throws: As ``embed(tokens:)``.
  public func embed(_ text: String) throws(ModelError) -> [Float] {
    try embed(tokens: model.tokenizer.encode(text))
  }

  /// The vector of some tokens, among them those that start and end a text.
  ///
  /// Blocks: call it from a thread that may.
  ///
  /// - Throws: ``ModelError/Code/invalidArgument`` for no tokens, for one outside the vocabulary,
  ///   and for a family that gives no features; ``ModelError/Code/contextFull`` for a text that is
  ///   longer than the model can read.
  public func embed(tokens: [Int]) throws(ModelError) -> [Float] {
    guard !tokens.isEmpty else {
      throw ModelError(.invalidArgument, "a text without tokens has no embedding")
    }
    if let bad = tokens.first(where: { !(0..<model.vocabularySize).contains($0) }) {
      throw ModelError(
        .invalidArgument, "token \(bad) is outside the vocabulary of \(model.vocabularySize)")
    }
    var shape = CacheShape(
      layers: model.architecture.memory, capacity: tokens.count, type: .f32)
    shape.slidingSlack = tokens.count
    let cache = try ModelCache(shape, on: model.backend)
    let rows: [Int] =
      switch pooling {
      case .mean: Array(tokens.indices)
      case .cls: [0]
      case .last: [tokens.count - 1]
      }
    let slice = SequenceSlice(cache: cache.storage, rows: tokens.indices, start: 0)
    let features = try model.architecture.embed(
      Step(tokens: tokens, slices: [slice], outputs: rows), on: model.backend)
    do {
      return pool(try model.backend.read(features), rows: rows.count)
    } catch {
      throw ModelError(backend: error)
    }
  }

  private func pool(_ features: [Float], rows: Int) -> [Float] {
    let columns = features.count / rows
    var sums = [Double](repeating: 0, count: columns)
    for row in 0..<rows {
      for column in 0..<columns { sums[column] += Double(features[row * columns + column]) }
    }
    let length = normalizes ? sums.reduce(0) { $0 + $1 * $1 }.squareRoot() : Double(rows)
    // A vector of zeros has no direction.
    return sums.map { Float($0 / (length > 0 ? length : 1)) }
  }
}
