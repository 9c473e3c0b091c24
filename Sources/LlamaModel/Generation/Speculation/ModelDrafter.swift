import Sampling

/// Takes the likeliest tokens of a model, usually a smaller one.
public struct ModelDrafter: TokenDrafter {
  private let sequence: ModelSequence

  /// Creates a drafter that reads texts into a sequence.
  public init(sequence: ModelSequence) { self.sequence = sequence }

  /// The model's greedy continuation.
  ///
  /// - Throws: ``ModelError/Code/contextFull`` where the sequence has no room for the text.
  public func draft(after text: [Int], count: Int) throws(ModelError) -> [Int] {
    // The last token must be read again for its logits.
    let common = min(zip(sequence.tokens, text).prefix { $0 == $1 }.count, text.count - 1)
    try sequence.trim(to: sequence.canTrim(to: common) ? common : 0)
    var logits = try sequence.append(text[sequence.tokens.count...])
    var guesses: [Int] = []
    while let token = GreedySampler().sample(logits: logits.span) {
      guesses.append(token)
      if guesses.count >= count { break }
      logits = try sequence.append(CollectionOfOne(token))
    }
    return guesses
  }
}
