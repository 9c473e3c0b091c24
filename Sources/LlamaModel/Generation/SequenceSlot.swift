import TensorKernels

/// Keeps the sequence of one generation for the next one, which reads only what has changed.
///
/// Unchecked: only the model's serial queue calls its methods, one call after the other.
final class SequenceSlot: @unchecked Sendable {
  private let isKept: Bool
  private var sequence: ModelSequence?
  private var cacheType: CacheTypes?

  /// A slot for a single generation, or for all those of a chat.
  init(isKept: Bool = false) { self.isKept = isKept }

  /// A sequence whose tokens are the beginning of a prompt, without the prompt's last one.
  ///
  /// A family whose memory cannot go back to where the prompt departs from what was read starts
  /// anew.
  ///
  /// - Parameters:
  ///   - prompt: At least one token.
  ///   - model: The model.
  ///   - tokens: How many the sequence must hold.
  ///   - context: How many it holds where it is kept.
  ///   - cacheType: How keys and values are kept.
  func sequence(
    for prompt: [Int], of model: LanguageModel, tokens: Int, context: Int, cacheType: CacheTypes
  ) throws(ModelError) -> ModelSequence {
    if let sequence, sequence.capacity >= tokens, self.cacheType == cacheType {
      let common = zip(sequence.tokens, prompt.dropLast()).prefix { $0 == $1 }.count
      if common < sequence.tokens.count, (try? sequence.trim(to: common)) == nil {
        try sequence.trim(to: 0)
      }
      return sequence
    }
    let made = try ModelSequence(
      model, capacity: isKept ? context : tokens, cacheType: cacheType)
    if isKept {
      sequence = made
      self.cacheType = cacheType
    }
    return made
  }
}
