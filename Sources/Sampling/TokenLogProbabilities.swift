/// The log-probabilities of some tokens, from the logits of the whole vocabulary, which need not be
/// kept.
public struct TokenLogProbabilities: Sendable, Equatable {
  /// A token and the natural logarithm of its probability.
  public struct Element: Sendable, Equatable {
    /// The token's id.
    public var token: Int
    /// The natural logarithm of its probability: 0 or less.
    public var logProbability: Float

    /// Creates an element.
    public init(token: Int, logProbability: Float) {
      self.token = token
      self.logProbability = logProbability
    }
  }

  /// The most likely tokens, the likeliest first.
  public let top: [Element]
  private let greatest: Float
  private let logSum: Float

  /// Computes the log-probabilities of the `count` most likely tokens.
  ///
  /// Complexity: O(`logits.count`), without a sort of the vocabulary.
  public init(logits: Span<Float>, top count: Int) {
    greatest = maximum(logits)
    var sum = 0.0
    for index in 0..<logits.count { sum += Double(exponential(logits[index] - greatest)) }
    // Logits of infinity have no logarithm of a sum: they share the probability.
    logSum = greatest.isFinite ? logarithm(Float(sum)) : 0
    guard count > 0, !logits.isEmpty else {
      top = []
      return
    }
    var candidates = Candidates(logits: logits)
    candidates.keepTop(count)
    let (greatest, logSum) = (greatest, logSum)
    top = (0..<candidates.count).map { index in
      let element = candidates[index]
      return Element(
        token: element.token,
        logProbability: Self.value(element.logit, greatest: greatest, logSum: logSum))
    }
  }

  /// The log-probability that a logit of the same vocabulary stands for.
  public func logProbability(of logit: Float) -> Float {
    Self.value(logit, greatest: greatest, logSum: logSum)
  }

  private static func value(_ logit: Float, greatest: Float, logSum: Float) -> Float {
    if logit.isNaN { return -.infinity }
    return logit == greatest ? -logSum : logit - greatest - logSum
  }
}
