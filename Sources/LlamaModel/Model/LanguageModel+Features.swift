import TensorKernels

extension LanguageModel {
  /// The features of some of a text's tokens, `[rows, width]`, as embeddings and judgements are made
  /// of them. The text is read in one step, which encoders need.
  ///
  /// - Parameters:
  ///   - tokens: The whole text, one token or more.
  ///   - rows: Which tokens', rising.
  ///   - segments: Each token's part of the text, for encoders that tell parts apart.
  /// - Throws: ``ModelError/Code/invalidArgument`` for an id outside the vocabulary, and for a
  ///   family that gives no features; ``ModelError/Code/contextFull`` for a text that is longer than
  ///   the model can read.
  func features(
    of tokens: [Int], rows: [Int], segments: [Int] = []
  ) throws(ModelError) -> Activations {
    if let bad = tokens.first(where: { !(0..<vocabularySize).contains($0) }) {
      throw ModelError(
        .invalidArgument, "token \(bad) is outside the vocabulary of \(vocabularySize)")
    }
    var shape = CacheShape(layers: memory, capacity: tokens.count, type: .f32)
    shape.slidingSlack = tokens.count
    let cache = try ModelCache(shape, on: backend)
    let slice = SequenceSlice(cache: cache.storage, rows: tokens.indices, start: 0)
    var step = Step(tokens: tokens, slices: [slice], outputs: rows)
    step.segments = segments
    return try architecture.embed(step, on: backend)
  }
}
