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

  /// What adapters change of the file's weights.
  public let adapters: [LoRAAdapter]

  let architecture: any Architecture
  /// What the file has behind the features of an embedding.
  let heads: OutputHeads
  private let lazyConstraintTokens = LazyConstraintTokens()
  /// Steps run here: they block, which Swift's cooperative threads must not.
  let queue: DispatchQueue
  private let origin: Origin

  /// What a model is made of, and shares with the same model under other adapters.
  private struct Origin: Sendable {
    var file: GGUFFile
    var transform: (any TensorTransform)?
    var prepared = PreparedWeights()
  }

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
    try self.init(GGUFFile(opening: url), backend: backend, tokenizer: tokenizer)
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
  public convenience init(
    _ file: GGUFFile, backend: (any Backend)? = nil, tokenizer: (any Tokenizer)? = nil,
    transform: (any TensorTransform)? = nil
  ) throws(ModelError) {
    let backend = if let backend { backend } else { try Self.defaultBackend() }
    try self.init(
      Origin(file: file, transform: transform), backend: backend, tokenizer: tokenizer,
      adapters: [],
      queue: DispatchQueue(label: "LanguageModel", qos: .userInitiated))
  }

  private init(
    _ origin: Origin, backend: any Backend, tokenizer: (any Tokenizer)?, adapters: [LoRAAdapter],
    queue: DispatchQueue
  ) throws(ModelError) {
    let file = origin.file
    metadata = file.metadata
    configuration = try ModelConfiguration(metadata: file.metadata)
    let type = try ArchitectureRegistry.architecture(named: configuration.architecture)
    let tokenizer =
      if let tokenizer { tokenizer } else {
        try TokenizerRegistry.makeTokenizer(metadata: file.metadata)
      }
    for adapter in adapters { try adapter.check(against: file) }
    let updates = AdapterUpdates(adapters)
    var transform = origin.transform
    if type is any EncoderArchitecture.Type {
      transform = try HalfPrecisionMatrices(after: transform)
    }
    let weights = WeightLoader(
      file.tensors, backend: backend, transform: transform, prepared: origin.prepared,
      updates: updates)
    architecture = try type.init(configuration: configuration, weights: weights)
    heads = try OutputHeads(weights, width: configuration.embeddingLength)
    try updates.checkAllUsed()
    self.backend = backend
    self.tokenizer = tokenizer
    self.adapters = adapters
    self.queue = queue
    self.origin = origin
    guard tokenizer.vocabulary.count <= architecture.vocabularySize else {
      throw ModelError(
        .invalidConfiguration,
        "\(tokenizer.vocabulary.count) tokens, but the model has logits for only "
          + "\(architecture.vocabularySize)", at: .key("tokenizer.ggml.tokens"))
    }
  }

  /// The same model with these adapters, in place of those that it has; with none, the plain model.
  ///
  /// Takes little time and memory: all weights but the adapters' are shared. Sequences stay with
  /// the model that they were made for, so what one has read never mixes with another's.
  ///
  /// - Parameter adapters: All of them take effect, each with its scale.
  /// - Throws: ``ModelError/Code/modelMismatch`` for an adapter of another architecture, or of
  ///   tensors that the model does not have or use as matrices.
  public func adapted(by adapters: [LoRAAdapter]) throws(ModelError) -> LanguageModel {
    try LanguageModel(
      origin, backend: backend, tokenizer: tokenizer, adapters: adapters, queue: queue)
  }

  /// Tells models apart whose sequences differ: by the names, types, shapes and first values of the
  /// tensors, by what has become of them while loading, and by the adapters.
  var fingerprint: String {
    var digest = Digest()
    digest.add(configuration.architecture)
    for tensor in origin.file.tensors { digest.add(tensor, upTo: 1 << 10) }
    for (name, type) in origin.prepared.types {
      digest.add(name)
      digest.add(type)
    }
    for adapter in adapters {
      digest.add(UInt64(adapter.scale.bitPattern))
      digest.add(UInt64(adapter.alpha.bitPattern))
      for (name, change) in adapter.changes.sorted(by: { $0.key < $1.key }) {
        digest.add(name)
        digest.add(change.down, upTo: 1 << 10)
        digest.add(change.up, upTo: 1 << 10)
      }
    }
    return String(digest.value, radix: 16)
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
