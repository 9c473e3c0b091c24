import TensorKernels

/// Tokens that one of several sequences reads.
public struct SequencePart {
  /// The sequence.
  public var sequence: ModelSequence
  /// Ids, at most as many as the sequence has room for, and at least one.
  public var tokens: [Int]

  /// Tokens for a sequence.
  public init(_ sequence: ModelSequence, tokens: [Int]) {
    self.sequence = sequence
    self.tokens = tokens
  }
}

extension ModelSequence {
  /// Reads tokens of several sequences of one model in a single step, which costs little more than
  /// the same for one of them, and gives the same logits, to the bit.
  ///
  /// Blocks: call it from a thread that may.
  ///
  /// - Parameters:
  ///   - parts: Sequences, each once, and what they read.
  ///   - isCancelled: Asked between layers; after a cancellation the sequences are as before.
  /// - Returns: For each part, its last token's logits.
  /// - Throws: ``ModelError/Code/invalidArgument`` for sequences of different models, one that is
  ///   there twice, an id outside the vocabulary, or no tokens; ``ModelError/Code/contextFull``,
  ///   ``ModelError/Code/cancelled``.
  public static func append(
    _ parts: [SequencePart], isCancelled: @escaping () -> Bool = { false }
  ) throws(ModelError) -> [[Float]] {
    guard let model = parts.first?.sequence.model else { return [] }
    guard parts.allSatisfy({ $0.sequence.model === model && !$0.tokens.isEmpty }),
      Set(parts.map { ObjectIdentifier($0.sequence) }).count == parts.count
    else {
      throw ModelError(
        .invalidArgument, "a step needs different sequences of one model, each with tokens to read")
    }
    var slices: [SequenceSlice] = []
    var outputs: [Int] = []
    var rows = 0
    for part in parts {
      try part.sequence.check(part.tokens)
      slices.append(part.sequence.slice(rows: rows..<rows + part.tokens.count))
      rows += part.tokens.count
      outputs.append(rows - 1)
    }
    let step = Step(
      tokens: parts.flatMap(\.tokens), slices: slices, outputs: outputs, isCancelled: isCancelled)
    let values = try model.logits(of: step)
    for part in parts { part.sequence.advance(over: part.tokens) }
    let width = model.vocabularySize
    return parts.indices.map { Array(values[$0 * width..<($0 + 1) * width]) }
  }
}
