public import TensorKernels

/// Tokens to features: a row of a table, with what families do to it.
public struct TokenEmbedding: Sendable {
  /// A row per token.
  public var table: Weight
  /// What adapters add to the rows: a row of a table of their own, times a matrix.
  public var updates: [LowRankUpdate]
  /// What rows are multiplied with.
  public var scale: Float?
  /// A row per position, added.
  public var positions: Weight?
  /// A row per part of a text, added: the first where the step tells no parts apart.
  public var types: Weight?
  /// Applied last.
  public var norm: Normalization?

  /// Loads `token_embd`, `position_embd` if the family has it, and `token_types` where the file has
  /// it.
  public init(
    _ configuration: ModelConfiguration, _ weights: WeightLoader, hasPositions: Bool = false
  ) throws(ModelError) {
    let width = configuration.embeddingLength
    table = try weights.table("token_embd.weight", entries: nil, columns: width)
    updates = try weights.embeddingUpdates()
    if hasPositions {
      positions = try weights.table(
        "position_embd.weight", entries: configuration.contextLength, columns: width)
    }
    if weights.has("token_types.weight") {
      types = try weights.table("token_types.weight", entries: nil, columns: width)
    }
  }

  /// Entries of the vocabulary.
  public var vocabularySize: Int { table.rows }

  /// The features of a step's tokens.
  ///
  /// - Throws: ``ModelError/Code/contextFull`` beyond the last position that the model has.
  public func callAsFunction(_ pass: ForwardPass) throws(ModelError) -> Activations {
    let (backend, step) = (pass.backend, pass.step)
    let stream = backend.makeActivations(rows: step.tokens.count, columns: table.columns)
    backend.gather(step.tokens, from: table, into: stream)
    for update in updates {
      let inner = backend.makeActivations(rows: stream.rows, columns: update.down.columns)
      backend.gather(step.tokens, from: update.down, into: inner)
      let change = backend.makeActivations(rows: stream.rows, columns: stream.columns)
      backend.matmul(inner, update.up, into: change)
      backend.add(stream, change, into: stream)
    }
    if let scale { backend.gate(stream, nil, function: .scale(by: scale), into: stream) }
    if let types {
      let segments =
        step.segments.isEmpty ? Array(repeating: 0, count: stream.rows) : step.segments
      add(types, segments.map { min($0, types.rows - 1) }, to: stream, on: backend)
    }
    if let positions {
      guard step.slices.allSatisfy({ $0.positions.upperBound <= positions.rows }) else {
        throw ModelError(
          .contextFull, "the model has \(positions.rows) positions, and the text needs more")
      }
      add(positions, step.positions, to: stream, on: backend)
    }
    if let norm { backend.normalize(stream, norm, into: stream) }
    return stream
  }

  private func add(
    _ table: Weight, _ rows: [Int], to stream: Activations, on backend: any Backend
  ) {
    let found = backend.makeActivations(rows: stream.rows, columns: stream.columns)
    backend.gather(rows, from: table, into: found)
    backend.add(stream, found, into: stream)
  }
}
