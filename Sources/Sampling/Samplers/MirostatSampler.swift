/// Draws a candidate so that the surprise of the text stays near a target: Mirostat (S. Basu et al.,
/// "Mirostat: A Neural Text Decoding Algorithm that Directly Controls Perplexity", 2020), first
/// version.
///
/// It estimates the exponent of the distribution, taken to follow Zipf's law, from the likeliest
/// candidates, and keeps as many as make the expected surprise the wanted one.
public struct MirostatSampler: TokenSampler {
  /// The wanted surprise, in bits.
  public let target: Float
  /// How fast the limit follows what was observed.
  public let rate: Float
  /// How many candidates the exponent is estimated from.
  public let estimationCount: Int

  private let vocabularySize: Int?
  private var control: SurpriseControl

  /// Creates a sampler with random numbers of its own.
  ///
  /// - Parameters:
  ///   - vocabularySize: The number of tokens, which the estimate needs; `nil` takes the number of
  ///     candidates.
  public init(
    target: Float = 5, rate: Float = 0.1, estimationCount: Int = 100, vocabularySize: Int? = nil,
    seed: UInt64
  ) {
    self.target = target
    self.rate = rate
    self.estimationCount = max(2, estimationCount)
    self.vocabularySize = vocabularySize
    control = SurpriseControl(target: target, rate: rate, seed: seed)
  }

  /// Draws a candidate.
  public mutating func sample(_ candidates: inout Candidates) -> Int {
    let size = vocabularySize ?? candidates.count
    candidates.sort()
    candidates.normalize()
    var products = 0.0
    var squares = 0.0
    for index in 0..<max(0, min(estimationCount - 1, candidates.count - 1)) {
      let rank = Double(logarithm(Float(index + 2) / Float(index + 1)))
      let fall = logarithm(candidates.probabilities[index] / candidates.probabilities[index + 1])
      guard fall.isFinite else { break }
      products += rank * Double(fall)
      squares += rank * rank
    }
    let exponent = squares > 0 ? Float(products / squares) : 0
    let excess = exponent - 1
    let count = power(
      excess * power(2, control.limit) / (1 - power(Float(size), -excess)), 1 / exponent)
    // NaN and infinity come from flat distributions, which keep all.
    candidates.keepFirst(count < Float(candidates.count) ? max(1, Int(count)) : candidates.count)
    return control.draw(&candidates)
  }

  /// Goes back to the start.
  public mutating func reset() { control.reset() }
}
