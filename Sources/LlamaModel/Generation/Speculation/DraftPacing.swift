/// How many tokens it pays to guess, learned from how guesses have fared.
///
/// A step that reads guesses takes longer than one without, so those that turn out wrong cost time.
/// After a step whose first guess was wrong some steps go without, ever more of them while that
/// repeats itself; what is guessed grows as long as all of it is right.
struct DraftPacing {
  private let maximum: Int
  private var length: Int
  /// Steps that go without guesses.
  private var pause = 0
  private var nextPause = Self.shortestPause
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
    if accepted == guessed {
      length = min(maximum, max(length, 2 * guessed))
    } else {
      length = max(1, min(length, accepted + 1))
    }
    if accepted == 0 {
      pause = nextPause
      nextPause = min(2 * nextPause, Self.longestPause)
    } else {
      // One guess that was right by chance is no sign that the next one will be.
      nextPause = max(Self.shortestPause, nextPause / 2)
    }
  }
}
