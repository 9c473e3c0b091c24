public import TensorKernels

/// One pass through a model: some tokens of one sequence or more.
public struct Step {
  /// The tokens, sequence after sequence.
  public let tokens: [Int]
  /// Which of them belong to which sequence.
  public let slices: [SequenceSlice]
  /// The rows whose logits are wanted.
  public let outputs: [Int]
  /// For encoders that tell the parts of a text apart, each row's part; all are of the first unless
  /// set.
  public var segments: [Int] = []
  private let isCancelled: () -> Bool

  /// Creates a step.
  ///
  /// - Parameters:
  ///   - tokens: Ids within the vocabulary.
  ///   - slices: Consecutive ranges of rows that together cover all tokens.
  ///   - outputs: Rows whose logits are wanted, rising.
  ///   - isCancelled: Asked between layers.
  public init(
    tokens: [Int], slices: [SequenceSlice], outputs: [Int],
    isCancelled: @escaping () -> Bool = { false }
  ) {
    self.tokens = tokens
    self.slices = slices
    self.outputs = outputs
    self.isCancelled = isCancelled
  }

  /// Each row's position in its sequence.
  public var positions: [Int] {
    slices.flatMap { slice in slice.rows.indices.map { slice.start + $0 - slice.rows.lowerBound } }
  }

  /// - Throws: ``ModelError/Code/cancelled`` when the caller has lost interest.
  public func checkCancellation() throws(ModelError) {
    if isCancelled() { throw ModelError(.cancelled, "the generation was cancelled") }
  }
}
