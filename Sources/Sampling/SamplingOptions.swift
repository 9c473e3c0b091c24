/// How tokens are chosen: the usual knobs, checked, with the defaults of llama.cpp.
///
/// ``makeChain(seed:)`` applies them in the order penalties, top-k, top-p, min-p, temperature.
public struct SamplingOptions: Sendable, Equatable {
  /// What the logits are divided by; 0 or less always takes the most likely token.
  public let temperature: Float
  /// How many of the most likely tokens stay; 0 keeps all.
  public let topK: Int
  /// The probability that the tokens kept must reach together; 1 keeps all.
  public let topP: Float
  /// The least probability of a token, relative to the most likely one; 0 keeps all.
  public let minP: Float
  /// The factor that makes tokens of the last part of the text less likely; 1 is off.
  public let repetitionPenalty: Float
  /// What is subtracted from a token's logit for each of its occurrences; 0 is off.
  public let frequencyPenalty: Float
  /// What is subtracted from the logit of a token that occurred; 0 is off.
  public let presencePenalty: Float
  /// How many of the last tokens the penalties look at; 0 turns them off.
  public let penaltyWindow: Int
  /// The seed of the random choices; `nil` takes another one for every chain.
  public let seed: UInt64?

  /// Creates options.
  ///
  /// - Throws: ``SamplingError`` with the name of the first option that makes no sense.
  public init(
    temperature: Float = 0.8,
    topK: Int = 40,
    topP: Float = 0.95,
    minP: Float = 0.05,
    repetitionPenalty: Float = 1,
    frequencyPenalty: Float = 0,
    presencePenalty: Float = 0,
    penaltyWindow: Int = 64,
    seed: UInt64? = nil
  ) throws(SamplingError) {
    func require(_ condition: Bool, _ option: String, _ rule: String) throws(SamplingError) {
      guard condition else { throw SamplingError(.invalidOption, rule, option: option) }
    }
    try require(temperature.isFinite, "temperature", "the temperature must be a finite number")
    try require(topK >= 0, "topK", "the number of tokens kept must be 0 (all) or more")
    try require((0...1).contains(topP), "topP", "the probability to reach must be in 0...1")
    try require((0...1).contains(minP), "minP", "the relative probability must be in 0...1")
    try require(
      repetitionPenalty > 0 && repetitionPenalty.isFinite,
      "repetitionPenalty", "the factor must be a finite number above 0; 1 is off")
    try require(
      frequencyPenalty.isFinite, "frequencyPenalty", "the penalty must be a finite number; 0 is off"
    )
    try require(
      presencePenalty.isFinite, "presencePenalty", "the penalty must be a finite number; 0 is off")
    try require(
      (0...1 << 24).contains(penaltyWindow), "penaltyWindow",
      "the number of tokens must be in 0...16777216; 0 is off")
    self.init(
      checkedTemperature: temperature, topK: topK, topP: topP, minP: minP,
      repetitionPenalty: repetitionPenalty, frequencyPenalty: frequencyPenalty,
      presencePenalty: presencePenalty, penaltyWindow: penaltyWindow, seed: seed)
  }

  private init(
    checkedTemperature: Float, topK: Int = 40, topP: Float = 0.95, minP: Float = 0.05,
    repetitionPenalty: Float = 1, frequencyPenalty: Float = 0, presencePenalty: Float = 0,
    penaltyWindow: Int = 64, seed: UInt64? = nil
  ) {
    temperature = checkedTemperature
    self.topK = topK
    self.topP = topP
    self.minP = minP
    self.repetitionPenalty = repetitionPenalty
    self.frequencyPenalty = frequencyPenalty
    self.presencePenalty = presencePenalty
    self.penaltyWindow = penaltyWindow
    self.seed = seed
  }

  /// All defaults.
  public static let standard = SamplingOptions(checkedTemperature: 0.8)

  /// Always the most likely token.
  public static let greedy = SamplingOptions(checkedTemperature: 0)

  /// Makes a chain that applies the options; those that change nothing are left out.
  ///
  /// - Parameter seed: The seed to use instead of ``seed``.
  public func makeChain(seed: UInt64? = nil) -> SamplerChain {
    var transforms: [any LogitTransform] = []
    let penalties = RepetitionPenalties(
      repetition: repetitionPenalty, frequency: frequencyPenalty, presence: presencePenalty,
      window: penaltyWindow)
    if !penalties.isNeutral { transforms.append(penalties) }
    // The other transforms never remove the most likely token.
    guard temperature > 0 else {
      return SamplerChain(transforms: transforms, sampler: GreedySampler())
    }
    if topK > 0 { transforms.append(TopK(topK)) }
    if topP < 1 { transforms.append(TopP(topP)) }
    if minP > 0 { transforms.append(MinP(minP)) }
    if temperature != 1 { transforms.append(Temperature(temperature)) }
    let seed = seed ?? self.seed ?? UInt64.random(in: .min ... .max)
    return SamplerChain(transforms: transforms, sampler: DistributionSampler(seed: seed))
  }
}
