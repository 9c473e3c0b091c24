/// Tokens that a model has read before they were chosen, with the logits after each.
struct GuessedTokens {
  private var drafter: any TokenDrafter
  private var pacing: DraftPacing
  private let vocabularySize: Int
  /// Guesses that have been read and not yet been chosen.
  private var ahead: ArraySlice<Int> = []
  /// The logits before the first guess of the last step and after each, in rows.
  private var rows: [Float] = []
  /// The tokens of the last step, the guesses last, and where it began.
  private var step: [Int] = []
  private var stepStart = 0
  private var guessCount = 0

  /// - Parameters:
  ///   - model: The model that generates.
  ///   - capacity: The most tokens that the text can have.
  init(
    _ speculation: Speculation, for model: LanguageModel, capacity: Int
  ) throws(ModelError) {
    try speculation.check(for: model)
    drafter = try speculation.makeDrafter(capacity)
    pacing = DraftPacing(maximum: speculation.maximumTokens)
    vocabularySize = model.vocabularySize
  }

  /// Reads tokens, with guesses of what follows them.
  ///
  /// - Parameters:
  ///   - tokens: Tokens that have been chosen, at least one.
  ///   - text: All tokens that have been chosen.
  ///   - limit: The most tokens that it is of use to guess.
  /// - Returns: The logits after `tokens`.
  mutating func read(
    _ tokens: [Int], after text: [Int], into sequence: ModelSequence, limit: Int,
    isCancelled: @escaping () -> Bool
  ) throws(ModelError) -> [Float] {
    let count = min(pacing.next(), limit)
    let guesses =
      count > 0 ? Array(try drafter.draft(after: text, count: count).prefix(count)) : []
    (step, stepStart) = (tokens + guesses, sequence.tokens.count)
    (ahead, guessCount) = (guesses[...], guesses.count)
    guard !guesses.isEmpty else {
      return try sequence.append(tokens, isCancelled: isCancelled)
    }
    rows = try sequence.append(
      step, outputs: .trailing(guesses.count + 1), isCancelled: isCancelled)
    return Array(rows[..<vocabularySize])
  }

  /// Takes note that a token has been chosen.
  ///
  /// - Returns: Whether it was guessed: then `logits` are those after it.
  mutating func take(_ token: Int, logits: inout [Float]) -> Bool {
    guard ahead.first == token else { return false }
    ahead.removeFirst()
    let row = (guessCount - ahead.count) * vocabularySize
    logits.replaceSubrange(logits.indices, with: rows[row..<row + vocabularySize])
    if ahead.isEmpty { pacing.observe(accepted: guessCount, of: guessCount) }
    return true
  }

  /// Makes a sequence forget the guesses that were not chosen.
  ///
  /// - Returns: Tokens that have been chosen and must be read again, where the model's memory cannot
  ///   go back to any position.
  mutating func drop(in sequence: ModelSequence) throws(ModelError) -> [Int] {
    guard !ahead.isEmpty else { return [] }
    pacing.observe(accepted: guessCount - ahead.count, of: guessCount)
    let kept = sequence.tokens.count - ahead.count
    ahead = []
    if sequence.canTrim(to: kept) {
      try sequence.trim(to: kept)
      return []
    }
    try sequence.trim(to: stepStart)
    return Array(step.prefix(kept - stepStart))
  }
}
