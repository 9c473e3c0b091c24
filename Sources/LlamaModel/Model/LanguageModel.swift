import Dispatch
public import GGUFKit
public import Sampling
public import QuantCore
public import TensorKernels

#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif

/// A language model that is ready to run: configuration, weights and tokenizer.
///
/// Immutable, so it can be shared freely; each generation owns its sequence. Generations of one
/// model take turns, step by step, on a thread of their own.
public final class LanguageModel: Sendable {
  /// The hyperparameters.
  public let configuration: ModelConfiguration
  /// Text to tokens and back.
  public let tokenizer: any Tokenizer
  /// The file's metadata.
  public let metadata: GGUFMetadata
  /// Where it runs.
  public let backend: any Backend

  let architecture: any Architecture
  private let lazyConstraintTokens = LazyConstraintTokens()
  /// Steps run here: they block, which Swift's cooperative threads must not.
  let queue = DispatchQueue(label: "LanguageModel", qos: .userInitiated)

  /// Entries of the output layer.
  public var vocabularySize: Int { architecture.vocabularySize }

  /// The vocabulary, prepared for constraints; that is done when it is first asked for.
  public var constraintTokens: ConstraintTokens { lazyConstraintTokens.tokens(for: tokenizer) }

  /// What each layer remembers of a sequence: for caches of one's own.
  public var memory: [LayerMemory] { architecture.memory }

  /// Loads a GGUF file (for a split model, its first part), which is mapped, not read.
  ///
  /// - Parameters:
  ///   - url: The file.
  ///   - backend: Where to run; a ``CPUBackend`` with all processors unless given.
  ///   - tokenizer: Used instead of the one that the file describes.
  /// - Throws: ``ModelError`` for a file that is no model, is damaged, or is of an architecture
  ///   or tokenizer that is not registered.
  public convenience init(
    contentsOf url: URL, backend: (any Backend)? = nil, tokenizer: (any Tokenizer)? = nil
  ) throws(ModelError) {
    let file: GGUFFile
    do {
      file = try GGUFFile(contentsOf: url)
    } catch {
      throw ModelError(file: error)
    }
    try self.init(file, backend: backend, tokenizer: tokenizer)
  }

  /// Loads a model from a GGUF file that is open already or was built in memory.
  ///
  /// - Parameters:
  ///   - file: Metadata and tensors.
  ///   - backend: Where to run; a ``CPUBackend`` with all processors unless given.
  ///   - tokenizer: Used instead of the one that the file describes.
  ///   - transform: What is loaded in place of each tensor, such as a `QuantizationPlan` of
  ///     ModelConversion, which quantizes while the model loads; the tensors as they are unless
  ///     given.
  /// - Throws: ``ModelError`` as ``init(contentsOf:backend:tokenizer:)``, and where the transform
  ///   fails.
  public init(
    _ file: GGUFFile, backend: (any Backend)? = nil, tokenizer: (any Tokenizer)? = nil,
    transform: (any TensorTransform)? = nil
  ) throws(ModelError) {
    let backend = if let backend { backend } else { try Self.defaultBackend() }
    metadata = file.metadata
    configuration = try ModelConfiguration(metadata: file.metadata)
    let type = try ArchitectureRegistry.architecture(named: configuration.architecture)
    self.tokenizer =
      if let tokenizer { tokenizer } else {
        try TokenizerRegistry.makeTokenizer(metadata: file.metadata)
      }
    architecture = try type.init(
      configuration: configuration,
      weights: WeightLoader(file.tensors, backend: backend, transform: transform))
    self.backend = backend
    guard self.tokenizer.vocabulary.count <= architecture.vocabularySize else {
      throw ModelError(
        .invalidConfiguration,
        "\(self.tokenizer.vocabulary.count) tokens, but the model has logits for only "
          + "\(architecture.vocabularySize)", at: .key("tokenizer.ggml.tokens"))
    }
  }

  /// Runs a step and waits for the logits of its outputs, row by row.
  func logits(of step: Step) throws(ModelError) -> [Float] {
    let logits = try architecture.forward(step, on: backend)
    do {
      return step.outputs.isEmpty ? [] : try backend.read(logits)
    } catch {
      throw ModelError(backend: error)
    }
  }

  private static func defaultBackend() throws(ModelError) -> any Backend {
    do {
      return try CPUBackend()
    } catch {
      throw ModelError(backend: error)
    }
  }
}
