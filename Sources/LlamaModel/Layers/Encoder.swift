public import TensorKernels

/// A stack of blocks that reads a whole text at once and gives features instead of logits.
public protocol EncoderArchitecture: Architecture {
  /// Tokens to features.
  var embedding: TokenEmbedding { get }
  /// The blocks, whose attention is not causal.
  var blocks: [Block] { get }
  /// After the last block.
  var outputNorm: Normalization? { get }
}

extension EncoderArchitecture {
  /// Entries of the vocabulary.
  public var vocabularySize: Int { embedding.vocabularySize }

  /// What each block remembers.
  public var memory: [LayerMemory] { blocks.map(\.memory) }

  /// Refuses: an encoder predicts no tokens.
  public func forward(_ step: Step, on backend: any Backend) throws(ModelError) -> Activations {
    throw ModelError(
      .invalidArgument,
      "models of \(Self.names.joined(separator: ", ")) give embeddings, not logits")
  }

  /// Runs a step, which must hold the whole of each text.
  public func embed(_ step: Step, on backend: any Backend) throws(ModelError) -> Activations {
    guard step.slices.allSatisfy({ $0.start == 0 }) else {
      throw ModelError(.invalidArgument, "an encoder reads a text in one step")
    }
    let pass = ForwardPass(step, on: backend)
    let stream = try embedding(pass)
    for block in blocks {
      try step.checkCancellation()
      block(stream, in: pass)
    }
    let features = backend.makeActivations(rows: step.outputs.count, columns: stream.columns)
    backend.select(step.outputs, of: stream, into: features)
    return backend.normalized(features, outputNorm)
  }
}
