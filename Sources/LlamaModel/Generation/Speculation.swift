import Sampling

/// How a generation guesses tokens ahead, so that the model reads several in one step.
///
/// What is generated does not change: each token is chosen from the model's own logits, with the same
/// random numbers, and a guess only decides whether they are known already.
public struct Speculation: Sendable {
  enum Source: Sendable {
    case promptLookup(longestMatch: Int)
    case model(LanguageModel)
  }

  let source: Source
  /// The most tokens guessed at once.
  public var maximumTokens: Int

  /// Guesses that the text repeats itself: what followed the last few tokens earlier follows them
  /// again (A. Saxena, "Prompt Lookup Decoding", 2023).
  ///
  /// - Parameters:
  ///   - longestMatch: How many tokens are looked for at most; at least two must match.
  ///   - maximumTokens: The most tokens guessed at once.
  public static func promptLookup(
    longestMatch: Int = 3, maximumTokens: Int = 10
  ) -> Speculation {
    Speculation(source: .promptLookup(longestMatch: longestMatch), maximumTokens: maximumTokens)
  }

  /// Takes the guesses of a smaller model (Y. Leviathan et al., "Fast Inference from Transformers via
  /// Speculative Decoding", 2022), which must have the same vocabulary.
  public static func draft(_ model: LanguageModel, maximumTokens: Int = 6) -> Speculation {
    Speculation(source: .model(model), maximumTokens: maximumTokens)
  }
}

/// Guesses tokens, and as many as have proved right lately.
struct Drafter {
  private var length: Int
  private let speculation: Speculation
  private var draftSequence: ModelSequence?
  /// How many tokens are chosen without a guess, after guesses that were wrong.
  private var pause = 0
  private var nextPause = 1

  init(_ speculation: Speculation) {
    self.speculation = speculation
    length = max(1, min(4, speculation.maximumTokens))
  }

  /// Guesses what follows.
  ///
  /// - Parameters:
  ///   - text: All tokens so far.
  ///   - limit: The most tokens that can be used.
  mutating func draft(after text: [Int], limit: Int) throws(ModelError) -> [Int] {
    let count = min(length, limit, speculation.maximumTokens)
    guard count > 0 else { return [] }
    guard pause == 0 else {
      pause -= 1
      return []
    }
    switch speculation.source {
    case .promptLookup(let longest): return Self.lookUp(text, longest: longest, count: count)
    case .model(let model): return try draft(after: text, count: count, by: model)
    }
  }

  /// Learns how many of the guessed tokens were right.
  mutating func observe(accepted: Int, of guessed: Int) {
    if accepted == guessed {
      length = min(speculation.maximumTokens, 2 * length)
    } else {
      length = max(1, min(length, accepted + 1))
    }
    if accepted == 0 {
      pause = nextPause
      nextPause = min(2 * nextPause, 32)
    } else {
      nextPause = 1
    }
  }

  private static func lookUp(_ text: [Int], longest: Int, count: Int) -> [Int] {
    for length in stride(from: longest, through: 2, by: -1) where text.count > length {
      let end = text.suffix(length)
      for start in stride(from: text.count - length - 1, through: 0, by: -1)
      where text[start] == end.first && text[start..<start + length].elementsEqual(end) {
        return Array(text[(start + length)...].prefix(count))
      }
    }
    return []
  }

  private mutating func draft(
    after text: [Int], count: Int, by model: LanguageModel
  ) throws(ModelError) -> [Int] {
    let sequence: ModelSequence
    if let known = draftSequence, text.count + count <= known.capacity {
      sequence = known
    } else {
      sequence = try ModelSequence(model, capacity: 2 * text.count + count + 64)
      draftSequence = sequence
    }
    var common = zip(sequence.tokens, text).prefix { $0 == $1 }.count
    // The last token must be read again for its logits.
    common = min(common, text.count - 1)
    try sequence.trim(to: common)
    var logits = try sequence.append(text[common...])
    var guesses: [Int] = []
    while true {
      var sampler = GreedySampler()
      guard let token = sampler.sample(logits: logits.span) else { return guesses }
      guesses.append(token)
      if guesses.count == count { return guesses }
      logits = try sequence.append(CollectionOfOne(token))
    }
  }
}
