/// Makes tokens less likely that the last part of the text contains.
///
/// For a token that occurs `n > 0` times among the last ``window`` accepted ones, the logit is
/// divided by ``repetition`` where it is positive and multiplied by it where it is not (N. S. Keskar
/// et al., "CTRL", 2019); then `n * frequency + presence` is subtracted from it.
public struct RepetitionPenalties: LogitTransform {
  /// The factor for tokens that occurred; 1 changes nothing.
  public let repetition: Float
  /// What is subtracted for each occurrence.
  public let frequency: Float
  /// What is subtracted once.
  public let presence: Float
  /// How many of the last tokens count.
  public let window: Int

  /// The last `window` tokens: a ring whose oldest entry is at `oldest` once it is full.
  private var recent: [Int] = []
  private var oldest = 0
  private var occurrences: [Int: Int] = [:]

  /// Creates the transform; a window of 0 or less turns it off.
  public init(
    repetition: Float = 1, frequency: Float = 0, presence: Float = 0, window: Int = 64
  ) {
    self.repetition = repetition
    self.frequency = frequency
    self.presence = presence
    self.window = max(0, window)
  }

  /// Whether the transform can never change a logit.
  public var isNeutral: Bool {
    window == 0 || (repetition == 1 && frequency == 0 && presence == 0)
  }

  /// Lowers the logits of the tokens in the window.
  public func apply(to candidates: inout Candidates) {
    guard !isNeutral else { return }
    for (token, count) in occurrences {
      guard let index = candidates.index(of: token) else { continue }
      var logit = candidates[index].logit
      logit = logit <= 0 ? logit * repetition : logit / repetition
      candidates[index].logit = logit - Float(count) * frequency - presence
    }
  }

  /// Puts a token into the window; the oldest one leaves it when it is full.
  public mutating func accept(_ token: Int) {
    guard window > 0 else { return }
    if recent.count < window {
      recent.append(token)
    } else {
      let forgotten = recent[oldest]
      recent[oldest] = token
      oldest = (oldest + 1) % window
      let left = occurrences[forgotten, default: 1] - 1
      occurrences[forgotten] = left == 0 ? nil : left
    }
    occurrences[token, default: 0] += 1
  }

  /// Empties the window.
  public mutating func reset() {
    recent.removeAll(keepingCapacity: true)
    occurrences.removeAll(keepingCapacity: true)
    oldest = 0
  }
}
