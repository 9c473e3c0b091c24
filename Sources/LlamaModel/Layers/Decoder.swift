public import TensorKernels

/// A stack of blocks between embeddings and logits, which is all that most families are.
public struct Decoder: Sendable {
  /// Tokens to features.
  public var embedding: TokenEmbedding
  /// The blocks.
  public var blocks: [Block]
  /// Before the output layer.
  public var outputNorm: Normalization
  /// Features to logits.
  public var output: Linear
  /// What logits are multiplied with.
  public var logitScale: Float?
  /// The bound of the logits.
  public var softcap: Float?

  /// Loads `token_embd`, the blocks, `output_norm`, and `output`, without which the embeddings
  /// serve.
  ///
  /// - Parameters:
  ///   - configuration: The hyperparameters.
  ///   - weights: All weights.
  ///   - norm: The kind of the last norm.
  ///   - blockCount: How many blocks, the configuration's unless given.
  ///   - hasPositions: Whether positions have embeddings of their own.
  ///   - normName: The last norm's name in the file.
  ///   - block: Makes a block.
  public init(
    _ configuration: ModelConfiguration, _ weights: WeightLoader,
    norm: Normalization.Kind = .rootMeanSquare, blockCount: Int? = nil,
    hasPositions: Bool = false, normName: String = "output_norm",
    block: (LayerWeights) throws(ModelError) -> Block
  ) throws(ModelError) {
    let width = configuration.embeddingLength
    embedding = try TokenEmbedding(configuration, weights, hasPositions: hasPositions)
    blocks = []
    for index in 0..<(blockCount ?? configuration.blockCount) {
      blocks.append(try block(LayerWeights(index, configuration, weights)))
    }
    outputNorm = try weights.norm(
      normName, norm, size: width, epsilon: configuration.normEpsilon)
    output = try weights.output(vocabularySize: embedding.vocabularySize, inputs: width)
  }

  /// What each block remembers.
  public var memory: [LayerMemory] { blocks.map(\.memory) }

  /// The last block's features of the rows whose outputs are wanted.
  public func features(_ pass: ForwardPass) throws(ModelError) -> Activations {
    try features(of: embedding(pass), in: pass)
  }

  /// The same, of embeddings that the family has made itself.
  public func features(
    of stream: Activations, in pass: ForwardPass
  ) throws(ModelError) -> Activations {
    for block in blocks {
      try pass.step.checkCancellation()
      block(stream, in: pass)
    }
    let rows = pass.step.outputs
    let last = pass.backend.makeActivations(rows: rows.count, columns: stream.columns)
    pass.backend.select(rows, of: stream, into: last)
    return last
  }

  /// The logits of features.
  public func logits(_ features: Activations, on backend: any Backend) -> Activations {
    let logits = backend.makeActivations(rows: features.rows, columns: output.outputs)
    backend.project(features, norm: outputNorm, through: [output], into: [logits])
    if let logitScale {
      backend.gate(logits, nil, function: .scale(by: logitScale), into: logits)
    }
    if let softcap { backend.gate(logits, nil, function: .softcap(softcap), into: logits) }
    return logits
  }
}

/// A family whose models are a ``Decoder``.
public protocol DecoderArchitecture: Architecture {
  /// The whole model.
  var decoder: Decoder { get }

  /// The last block's features of the rows whose outputs are wanted; the decoder's unless a family
  /// has more to do.
  func features(_ pass: ForwardPass) throws(ModelError) -> Activations
}

extension DecoderArchitecture {
  /// The decoder's features.
  public func features(_ pass: ForwardPass) throws(ModelError) -> Activations {
    try decoder.features(pass)
  }

  /// Entries of the output layer.
  public var vocabularySize: Int { decoder.embedding.vocabularySize }

  /// What each block remembers.
  public var memory: [LayerMemory] { decoder.memory }

  /// Runs a step.
  public func forward(_ step: Step, on backend: any Backend) throws(ModelError) -> Activations {
    decoder.logits(try features(ForwardPass(step, on: backend)), on: backend)
  }

  /// Runs a step, up to the last norm.
  public func embed(_ step: Step, on backend: any Backend) throws(ModelError) -> Activations {
    backend.normalized(try features(ForwardPass(step, on: backend)), decoder.outputNorm)
  }
}
