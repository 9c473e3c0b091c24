public import GGUFKit
import QuantCore
import Sampling
public import TensorKernels

/// Tiny models with random weights, so that code which uses a model can be tested without one.
///
/// ```swift
/// let model = try LanguageModel.random(seed: 1)
/// let text = try await model.generate("Hello").completion().text
/// ```
public struct RandomModel: Sendable {
  /// A registered architecture.
  public var architecture = "llama"
  /// The vocabulary, which decides the tokenizer; nil for SentencePiece with all bytes and a few
  /// words.
  public var vocabulary: Vocabulary?
  /// Features of the residual stream.
  public var embeddingLength = 64
  /// Transformer blocks.
  public var blockCount = 2
  /// Query heads.
  public var headCount = 4
  /// Key-value heads.
  public var keyValueHeadCount = 2
  /// Hidden features of the feed-forward layers.
  public var feedForwardLength = 128
  /// Positions.
  public var contextLength = 256
  /// Further metadata, which replaces what the fields above say.
  public var metadata = GGUFMetadata()
  /// The same seed gives the same weights on every machine.
  public var seed: UInt64

  /// A tiny model.
  ///
  /// - Parameters:
  ///   - vocabulary: The vocabulary; SentencePiece with all bytes and a few words unless given.
  ///   - seed: The weights' seed.
  public init(vocabulary: Vocabulary? = nil, seed: UInt64) {
    self.vocabulary = vocabulary
    self.seed = seed
  }

  private static func defaultVocabulary() throws(ModelError) -> Vocabulary {
    let pieces = [" t", "he", " the", " a", "in", "er", "on", " h", "el", "lo", " hel", " hello"]
    return try .byteFallback(
      pieces: pieces.enumerated().map { (text: $1, score: -Float($0)) }
        + "abcdefghijklmnopqrstuvwxyz ,.".map { (text: String($0), score: -100) })
  }

  /// The model as a GGUF file in the making: serialize it, write it, or change it first.
  ///
  /// - Throws: ``ModelError`` when the architecture is not registered or the sizes do not fit it.
  public func builder() throws(ModelError) -> GGUFBuilder {
    let vocabulary = if let vocabulary { vocabulary } else { try Self.defaultVocabulary() }
    var metadata: GGUFMetadata = [:]
    metadata[.architecture] = architecture
    metadata[.name] = "random-\(architecture)"
    metadata[.contextLength] = contextLength
    metadata[.embeddingLength] = embeddingLength
    metadata[.blockCount] = blockCount
    metadata[.feedForwardLength] = .uniform(feedForwardLength)
    metadata[.headCount] = .uniform(headCount)
    metadata[.headCountKV] = .uniform(keyValueHeadCount)
    metadata[.rmsNormalizationEpsilon] = 1e-5
    vocabulary.write(into: &metadata)
    for (key, value) in self.metadata { metadata[key] = value }

    let configuration = try ModelConfiguration(metadata: metadata)
    let type = try ArchitectureRegistry.architecture(named: configuration.architecture)
    var generator = SeededGenerator(seed: seed)
    var tensors: [any TensorSource] = []
    for tensor in type.tensors(of: configuration, vocabularySize: vocabulary.count) {
      let count = tensor.shape.reduce(1, *)
      let values = tensor.initialization.values(count: count, using: &generator)
      do throws(QuantError) {
        tensors.append(try InMemoryTensor(name: tensor.name, shape: tensor.shape, values: values))
      } catch {
        throw ModelError(.invalidTensor, error.message, at: .tensor(tensor.name))
      }
    }
    return GGUFBuilder(metadata: metadata, tensors: tensors)
  }

  /// The model as an open file.
  public func file() throws(ModelError) -> GGUFFile {
    let builder = try builder()
    do {
      return try GGUFFile(bytes: builder.serialized())
    } catch {
      throw ModelError(file: error)
    }
  }
}

extension LanguageModel {
  /// A tiny model with random weights, ready to run.
  ///
  /// - Parameters:
  ///   - architecture: A registered architecture.
  ///   - vocabulary: The vocabulary; SentencePiece with all bytes and a few words unless given.
  ///   - seed: The weights' seed.
  ///   - backend: Where to run; the CPU with one thread unless given.
  public static func random(
    architecture: String = "llama", vocabulary: Vocabulary? = nil, seed: UInt64,
    backend: (any Backend)? = nil
  ) throws(ModelError) -> LanguageModel {
    var model = RandomModel(vocabulary: vocabulary, seed: seed)
    model.architecture = architecture
    return try LanguageModel(model.file(), backend: backend)
  }
}

extension TensorDescription.Initialization {
  func values(count: Int, using generator: inout SeededGenerator) -> [Float] {
    switch self {
    case .nearOne:
      (0..<count).map { _ in 1 + 0.1 * Float.random(in: -1..<1, using: &generator) }
    case .normal(let deviation):
      (0..<count).map { _ in
        // Three uniforms: close enough to a normal distribution, and the same everywhere.
        let sum = (0..<3).reduce(Float(0)) { total, _ in
          total + Float.random(in: -1..<1, using: &generator)
        }
        return deviation * sum
      }
    }
  }
}
