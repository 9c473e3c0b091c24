/// How well a model predicts a text: the exponential of the mean negative log likelihood of its
/// tokens. Lower is better; a model that knows nothing has the size of its vocabulary.
///
/// ```swift
/// let windows = try TextWindows(text, tokenizer: model.tokenizer, contextLength: 512)
/// let perplexity = try Perplexity.measure(model, on: windows)
/// print(perplexity.value, "±", perplexity.standardError)
/// ```
public struct Perplexity: Sendable, Equatable {
  /// The tokens scored so far.
  public private(set) var tokenCount = 0
  private var sum = 0.0
  private var sumOfSquares = 0.0

  /// Nothing scored yet.
  public init() {}

  /// Takes one more token into account.
  ///
  /// - Parameter negativeLogLikelihood: In nats.
  public mutating func add(negativeLogLikelihood: Double) {
    tokenCount += 1
    sum += negativeLogLikelihood
    sumOfSquares += negativeLogLikelihood * negativeLogLikelihood
  }

  /// The mean negative log likelihood of a token, in nats; 0 while there is none.
  public var meanNegativeLogLikelihood: Double {
    tokenCount > 0 ? sum / Double(tokenCount) : 0
  }

  /// The perplexity; 1 while no token is scored.
  public var value: Double { exponential(meanNegativeLogLikelihood) }

  /// The standard error of ``value``: that of the mean negative log likelihood, were its tokens
  /// independent, times the perplexity. 0 while fewer than two tokens are scored.
  public var standardError: Double {
    guard tokenCount > 1 else { return 0 }
    let mean = meanNegativeLogLikelihood
    let variance = sumOfSquares / Double(tokenCount) - mean * mean
    return variance > 0 ? (variance / Double(tokenCount - 1)).squareRoot() * value : 0
  }
}
