/// Now and then removes all of the most likely candidates but the least likely of them: XTC
/// (P. E. Weidmann, text-generation-webui pull request 6335, 2024).
///
/// With the given chance, of the candidates at least as likely as ``threshold`` only the last one
/// stays, and so do all less likely ones.
public struct ExcludeTopChoices: LogitTransform {
  /// The chance that candidates are removed; 0 or less turns the transform off.
  public let chance: Float
  /// How likely a candidate is at least that can be removed; above 0.5 there is never a second one.
  public let threshold: Float
  /// How many candidates stay at least.
  public let minimumKept: Int

  private let seed: UInt64
  private var generator: SeededGenerator

  /// Creates the transform with random numbers of its own.
  public init(chance: Float, threshold: Float = 0.1, minimumKept: Int = 1, seed: UInt64) {
    self.chance = chance
    self.threshold = threshold
    self.minimumKept = max(1, minimumKept)
    self.seed = seed
    generator = SeededGenerator(seed: seed)
  }

  /// Removes the top choices, or does not.
  public mutating func apply(to candidates: inout Candidates) {
    guard chance > 0, threshold <= 0.5, candidates.count >= 2 else { return }
    guard Float(generator.nextUnit()) <= chance else { return }
    candidates.normalize()
    var top = 0
    var last: Candidates.Element?
    for index in 0..<candidates.count where candidates.probabilities[index] >= threshold {
      top += 1
      let element = candidates[index]
      // The last one in order: the least logit, and of equal ones the highest token.
      if last.map({ (element.logit, -element.token) < ($0.logit, -$0.token) }) ?? true {
        last = element
      }
    }
    guard top >= 2, let last, candidates.count - top + 1 >= minimumKept else { return }
    candidates.removeAll {
      ($0.logit, -$0.token) > (last.logit, -last.token)
    }
  }

  /// Starts the random numbers again.
  public mutating func reset() { generator = SeededGenerator(seed: seed) }
}
