/// Draws a candidate so that the surprise of the text stays near a target: Mirostat (S. Basu et al.,
/// 2020), second version, which removes the candidates more surprising than a limit.
public struct MirostatV2Sampler: TokenSampler {
  /// The wanted surprise, in bits.
  public let target: Float
  /// How fast the limit follows what was observed.
  public let rate: Float

  private var control: SurpriseControl

  /// Creates a sampler with random numbers of its own.
  public init(target: Float = 5, rate: Float = 0.1, seed: UInt64) {
    self.target = target
    self.rate = rate
    control = SurpriseControl(target: target, rate: rate, seed: seed)
  }

  /// Draws a candidate.
  public mutating func sample(_ candidates: inout Candidates) -> Int {
    candidates.sort()
    candidates.normalize()
    let limit = control.limit
    let kept = candidates.probabilities.prefix { -binaryLogarithm($0) <= limit }.count
    candidates.keepFirst(max(1, kept))
    return control.draw(&candidates)
  }

  /// Goes back to the start.
  public mutating func reset() { control.reset() }
}
