/// How many tokens it pays to guess, learned from how guesses have fared.
///
/// A step that reads guesses takes longer than one without, so those that turn out wrong cost time.
/// As many are guessed as promise the most tokens for that time; while first guesses are wrong, ever
/// more steps go without.
struct DraftPacing {
  private let maximum: Int
  private var length: Int
  /// How often a guess has been right lately, of those that came to be compared.
  private var acceptance = 0.6
  /// Steps that go without guesses.
  private var pause = 0
  private var nextPause = Self.shortestPause

  /// How much of the acceptance the latest guess decides.
  private static let weight = 0.12
  /// What reading a guess takes, over a step without any: about so on processors.
  private static let guessCost = 0.17
  /// The acceptance above which wrong guesses do not lead to a pause.
  private static let confidence = 0.4
  private static let shortestPause = 2
  private static let longestPause = 64

  init(maximum: Int) {
    self.maximum = maximum
    length = min(3, maximum)
  }

  /// The most tokens to guess for the next step.
  mutating func next() -> Int {
    guard pause == 0 else {
      pause -= 1
      return 0
    }
    return length
  }

  /// Learns how many of the guesses of a step were right.
  mutating func observe(accepted: Int, of guessed: Int) {
    for _ in 0..<accepted { acceptance += Self.weight * (1 - acceptance) }
    if accepted < guessed { acceptance -= Self.weight * acceptance }
    length = bestLength
    guard accepted == 0 else {
      nextPause = max(Self.shortestPause, nextPause / 2)
      return
    }
    if acceptance <= Self.confidence { pause = nextPause }
    nextPause = min(2 * nextPause, Self.longestPause)
  }

  /// The length with the most tokens to expect for the time that it takes.
  private var bestLength: Int {
    var best = (length: 1, gain: 0.0)
    // The token that is certain, and each guess with the probability that it and all before it are right.
    var (tokens, probability) = (1.0, 1.0)
    for length in 1...maximum {
      probability *= acceptance
      tokens += probability
      let gain = tokens / (1 + Self.guessCost * Double(length))
      if gain > best.gain { best = (length, gain) }
    }
    return best.length
  }
}
