public import TensorKernels

/// A family of models: how the weights of a file become logits.
///
/// To add a family, write one file that reads like its paper, from attention and feed-forward to
/// the whole, and register it with ``ArchitectureRegistry``.
public protocol Architecture: Sendable {
  /// The values of `general.architecture` that it reads.
  static var names: [String] { get }

  /// The tensors of a model with this configuration, in a file's usual order: what a file must
  /// hold, and what ``RandomModel`` makes. Those that ``init(configuration:weights:)`` asks for,
  /// unless a family says otherwise.
  static func tensors(
    of configuration: ModelConfiguration, vocabularySize: Int
  ) -> [TensorDescription]

  /// Prepares the weights.
  ///
  /// - Throws: ``ModelError/Code/invalidTensor`` for a tensor that is missing or has the wrong
  ///   shape.
  init(configuration: ModelConfiguration, weights: WeightLoader) throws(ModelError)

  /// Entries of the output layer.
  var vocabularySize: Int { get }

  /// What each layer remembers of a sequence.
  var memory: [LayerMemory] { get }

  /// Runs a step: stores the new positions' keys and values and returns the logits
  /// `[step.outputs, vocabularySize]`.
  ///
  /// - Throws: ``ModelError/Code/cancelled``.
  func forward(_ step: Step, on backend: any Backend) throws(ModelError) -> Activations

  /// Runs a step and returns what becomes an embedding: features `[step.outputs, width]`.
  ///
  /// - Throws: ``ModelError/Code/cancelled``, ``ModelError/Code/invalidArgument`` where the family
  ///   gives no features, which is what it does by default.
  func embed(_ step: Step, on backend: any Backend) throws(ModelError) -> Activations
}

extension Architecture {
  /// The tensors that ``init(configuration:weights:)`` asks for.
  public static func tensors(
    of configuration: ModelConfiguration, vocabularySize: Int
  ) -> [TensorDescription] {
    let recorder = TensorRecorder(vocabularySize: vocabularySize)
    // An error shows in the tensors that are missing when the model is loaded.
    _ = try? Self(configuration: configuration, weights: WeightLoader(recording: recorder))
    return recorder.tensors
  }

  /// Refuses.
  public func embed(_ step: Step, on backend: any Backend) throws(ModelError) -> Activations {
    throw ModelError(
      .invalidArgument, "models of \(Self.names.joined(separator: ", ")) give no embeddings")
  }
}

/// A tensor that an architecture expects.
public struct TensorDescription: Sendable, Equatable {
  /// How random values for it should be distributed.
  public enum Initialization: Sendable, Equatable {
    /// Around one: the weight of a norm.
    case nearOne
    /// Around zero with this standard deviation.
    case normal(deviation: Float)
  }

  /// The name in the file.
  public var name: String
  /// Dimensions, columns first.
  public var shape: [Int]
  /// For random models.
  public var initialization: Initialization

  /// A matrix `[outputs, inputs]`, scaled so that activations keep their size.
  public static func matrix(_ name: String, outputs: Int, inputs: Int) -> TensorDescription {
    TensorDescription(
      name: name, shape: [inputs, outputs],
      initialization: .normal(deviation: 1 / Float(inputs).squareRoot()))
  }

  /// The weight of a norm.
  public static func norm(_ name: String, count: Int) -> TensorDescription {
    TensorDescription(name: name, shape: [count], initialization: .nearOne)
  }
}
