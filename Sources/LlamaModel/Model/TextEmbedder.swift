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
  public var dimensions: Int {
    model.heads.projections.last?.outputs ?? model.configuration.embeddingLength
  }

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
    let rows: [Int] =
      switch pooling {
      case .mean: Array(tokens.indices)
      case .cls: [0]
      case .last: [tokens.count - 1]
      }
    let backend = model.backend
    let rowFeatures = try model.features(of: tokens, rows: rows)
    do throws(BackendError) {
      let features = try backend.read(rowFeatures)
      var vector = mean(of: features, rows: rows.count)
      for projection in model.heads.projections {
        let out = backend.makeActivations(rows: 1, columns: projection.outputs)
        let input = backend.makeActivations(rows: 1, columns: vector.count, values: vector)
        backend.project(input, norm: nil, through: [projection], into: [out])
        vector = try backend.read(out)
      }
      return normalizes ? normalized(vector) : vector
    } catch {
      throw ModelError(backend: error)
    }
  }

  private func mean(of features: [Float], rows: Int) -> [Float] {
    let columns = features.count / rows
    var sums = [Double](repeating: 0, count: columns)
    for row in 0..<rows {
      for column in 0..<columns { sums[column] += Double(features[row * columns + column]) }
    }
    return sums.map { Float($0 / Double(rows)) }
  }

  private func normalized(_ vector: [Float]) -> [Float] {
    let length = vector.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
    // A vector of zeros has no direction.
    return length > 0 ? vector.map { Float(Double($0) / length) } : vector
  }
}
