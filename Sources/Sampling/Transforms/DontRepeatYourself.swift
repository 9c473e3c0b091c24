/// Makes tokens less likely that would prolong a repetition: DRY (P. E. Weidmann,
/// text-generation-webui pull request 5677, 2024).
///
/// Where the text ends with `n` tokens that also stand earlier in it, the token that followed them
/// there loses `multiplier * pow(base, n - allowedLength)`, if `n` is ``allowedLength`` or more.
/// Repetitions do not reach over a sequence breaker, and a token that is one alone is never penalised.
public struct DontRepeatYourself: LogitTransform {
  /// The scale of the penalty; 0 turns the transform off.
  public let multiplier: Float
  /// How fast the penalty grows with the length of the repetition; below 1 turns the transform off.
  public let base: Float
  /// The length from which a repetition is penalised.
  public let allowedLength: Int
  /// How many of the last tokens count; negative for all, 0 turns the transform off.
  public let window: Int

  private let breakers: SequenceBreakers
  private var recent: [Int] = []

  /// Creates the transform.
  public init(
    multiplier: Float, base: Float = 1.75, allowedLength: Int = 2, window: Int = 64,
    breakers: SequenceBreakers = SequenceBreakers([])
  ) {
    self.multiplier = multiplier
    self.base = base
    self.allowedLength = allowedLength
    self.window = window
    self.breakers = breakers
  }

  /// Whether the transform can never change a logit.
  public var isNeutral: Bool { multiplier == 0 || base < 1 || window == 0 }

  /// Lowers the logits of the tokens that would prolong a repetition.
  public func apply(to candidates: inout Candidates) {
    guard !isNeutral else { return }
    for (token, length) in repetitions() where !breakers.isBreaker(token) {
      guard let index = candidates.index(of: token) else { continue }
      // Beyond this exponent the power would no longer be a number.
      let greatest = base > 1.000_001 ? Int(88.722_84 / logarithm(base)) : Int.max
      let exponent = min(length - allowedLength, greatest)
      candidates[index].logit -= multiplier * power(base, Float(exponent))
    }
  }

  /// The longest repetition that each token would prolong, where it is long enough to matter.
  private func repetitions() -> [Int: Int] {
    let text = recent.suffix(window < 0 ? recent.count : window).reversed() as [Int]
    guard text.count > allowedLength else { return [:] }
    let limit = breakers.distance(inReversed: text)
    guard limit >= allowedLength else { return [:] }
    // The Z function of the reversed text: how long a part that ends at each place equals the end.
    var lengths = [Int](repeating: 0, count: text.count)
    var left = 0
    var right = 0
    for index in 1..<text.count {
      var length = index < right ? min(right - index, lengths[index - left]) : 0
      while index + length < text.count, text[length] == text[index + length] { length += 1 }
      lengths[index] = length
      if index + length > right { (left, right) = (index, index + length) }
    }
    var longest: [Int: Int] = [:]
    for index in 1..<text.count {
      let length = min(lengths[index], limit)
      guard length >= allowedLength else { continue }
      longest[text[index - 1]] = max(longest[text[index - 1]] ?? 0, length)
    }
    return longest
  }

  /// Adds a token to the text.
  public mutating func accept(_ token: Int) {
    recent.append(token)
    // Forgotten in blocks, so that this costs little.
    if window >= 0, recent.count > 2 * window + 1024 {
      recent.removeFirst(recent.count - window)
    }
  }

  /// Forgets the text.
  public mutating func reset() { recent.removeAll(keepingCapacity: true) }
}
