/// How tokens are chosen: the usual knobs, checked, with the defaults of llama.cpp.
///
/// ``makeChain(seed:breakers:)`` applies them in ``order``, after ``logitBias``.
public struct SamplingOptions: Sendable, Equatable {
  /// What the logits are divided by; 0 or less always takes the most likely token.
  public let temperature: Float
  /// How many of the most likely tokens stay; 0 keeps all.
  public let topK: Int
  /// The probability that the tokens kept must reach together; 1 keeps all.
  public let topP: Float
  /// The least probability of a token, relative to the most likely one; 0 keeps all.
  public let minP: Float
  /// The probability that the most typical tokens must exceed together; 1 keeps all.
  public let typicalP: Float
  /// How many standard deviations a token's logit is at most below the greatest; 0 or less keeps all.
  public let topNSigma: Float
  /// The chance that the most likely tokens are removed; 0 is off. See ``ExcludeTopChoices``.
  public let xtcProbability: Float
  /// How likely a token is at least that can be removed so; above 0.5 is off.
  public let xtcThreshold: Float
  /// How many tokens each of these steps leaves at least.
  public let minimumKept: Int
  /// How far the temperature moves to either side with the entropy; 0 is off.
  public let dynamicTemperatureRange: Float
  /// How the dynamic temperature follows the entropy.
  public let dynamicTemperatureExponent: Float
  /// The factor that makes tokens of the last part of the text less likely; 1 is off.
  public let repetitionPenalty: Float
  /// What is subtracted from a token's logit for each of its occurrences; 0 is off.
  public let frequencyPenalty: Float
  /// What is subtracted from the logit of a token that occurred; 0 is off.
  public let presencePenalty: Float
  /// How many of the last tokens the penalties look at; 0 turns them off.
  public let penaltyWindow: Int
  /// The scale of the penalty on prolonging a repetition; 0 is off. See ``DontRepeatYourself``.
  public let dryMultiplier: Float
  /// How fast that penalty grows with the length of the repetition.
  public let dryBase: Float
  /// The length from which a repetition is penalised.
  public let dryAllowedLength: Int
  /// How many of the last tokens are searched for repetitions; -1 for all, 0 is off.
  public let dryWindow: Int
  /// Texts over which no repetition is seen.
  public let dryBreakers: [String]
  /// What is added to the logits of some tokens, before all other steps.
  public let logitBias: [Int: Float]
  /// Which sampler ends the chain.
  public let sampler: Sampler
  /// The steps that are applied, in order; those left out are not.
  public let order: [SamplingStep]
  /// The seed of the random choices; `nil` takes another one for every chain.
  public let seed: UInt64?

  /// What chooses from the candidates that the steps leave.
  public enum Sampler: Sendable, Equatable {
    /// ``DistributionSampler``.
    case distribution
    /// ``MirostatSampler``, which replaces all steps but the temperature.
    case mirostat(target: Float = 5, rate: Float = 0.1)
    /// ``MirostatV2Sampler``, which replaces all steps but the temperature.
    case mirostatV2(target: Float = 5, rate: Float = 0.1)
    /// ``AdaptiveProbabilitySampler``.
    case adaptiveProbability(target: Float, decay: Float = 0.9)
  }

  /// Creates options.
  ///
  /// - Throws: ``SamplingError`` with the name of the first option that makes no sense.
  public init(
    temperature: Float = 0.8,
    topK: Int = 40,
    topP: Float = 0.95,
    minP: Float = 0.05,
    typicalP: Float = 1,
    topNSigma: Float = -1,
    xtcProbability: Float = 0,
    xtcThreshold: Float = 0.1,
    minimumKept: Int = 0,
    dynamicTemperatureRange: Float = 0,
    dynamicTemperatureExponent: Float = 1,
    repetitionPenalty: Float = 1,
    frequencyPenalty: Float = 0,
    presencePenalty: Float = 0,
    penaltyWindow: Int = 64,
    dryMultiplier: Float = 0,
    dryBase: Float = 1.75,
    dryAllowedLength: Int = 2,
    dryWindow: Int = 64,
    dryBreakers: [String] = SequenceBreakers.standardTexts,
    logitBias: [Int: Float] = [:],
    sampler: Sampler = .distribution,
    order: [SamplingStep] = SamplingStep.standardOrder,
    seed: UInt64? = nil
  ) throws(SamplingError) {
    self.init(
      checkedTemperature: temperature, topK: topK, topP: topP, minP: minP, typicalP: typicalP,
      topNSigma: topNSigma, xtcProbability: xtcProbability, xtcThreshold: xtcThreshold,
      minimumKept: minimumKept, dynamicTemperatureRange: dynamicTemperatureRange,
      dynamicTemperatureExponent: dynamicTemperatureExponent,
      repetitionPenalty: repetitionPenalty, frequencyPenalty: frequencyPenalty,
      presencePenalty: presencePenalty, penaltyWindow: penaltyWindow,
      dryMultiplier: dryMultiplier, dryBase: dryBase, dryAllowedLength: dryAllowedLength,
      dryWindow: dryWindow, dryBreakers: dryBreakers, logitBias: logitBias, sampler: sampler,
      order: order, seed: seed)
    try check()
  }

  private init(
    checkedTemperature: Float, topK: Int = 40, topP: Float = 0.95, minP: Float = 0.05,
    typicalP: Float = 1, topNSigma: Float = -1, xtcProbability: Float = 0,
    xtcThreshold: Float = 0.1, minimumKept: Int = 0, dynamicTemperatureRange: Float = 0,
    dynamicTemperatureExponent: Float = 1, repetitionPenalty: Float = 1,
    frequencyPenalty: Float = 0, presencePenalty: Float = 0, penaltyWindow: Int = 64,
    dryMultiplier: Float = 0, dryBase: Float = 1.75, dryAllowedLength: Int = 2,
    dryWindow: Int = 64, dryBreakers: [String] = SequenceBreakers.standardTexts,
    logitBias: [Int: Float] = [:], sampler: Sampler = .distribution,
    order: [SamplingStep] = SamplingStep.standardOrder, seed: UInt64? = nil
  ) {
    temperature = checkedTemperature
    self.topK = topK
    self.topP = topP
    self.minP = minP
    self.typicalP = typicalP
    self.topNSigma = topNSigma
    self.xtcProbability = xtcProbability
    self.xtcThreshold = xtcThreshold
    self.minimumKept = minimumKept
    self.dynamicTemperatureRange = dynamicTemperatureRange
    self.dynamicTemperatureExponent = dynamicTemperatureExponent
    self.repetitionPenalty = repetitionPenalty
    self.frequencyPenalty = frequencyPenalty
    self.presencePenalty = presencePenalty
    self.penaltyWindow = penaltyWindow
    self.dryMultiplier = dryMultiplier
    self.dryBase = dryBase
    self.dryAllowedLength = dryAllowedLength
    self.dryWindow = dryWindow
    self.dryBreakers = dryBreakers
    self.logitBias = logitBias
    self.sampler = sampler
    self.order = order
    self.seed = seed
  }

  /// All defaults.
  public static let standard = SamplingOptions(checkedTemperature: 0.8)

  /// Always the most likely token.
  public static let greedy = SamplingOptions(checkedTemperature: 0)

  /// For facts, code and extraction: little randomness.
  public static let precise = SamplingOptions(
    checkedTemperature: 0.2, topK: 20, topP: 0.9, minP: 0.05)

  /// For stories and ideas: more randomness, cut off where tokens become implausible.
  public static let creative = SamplingOptions(
    checkedTemperature: 1.1, topK: 0, topP: 1, minP: 0.05)
}
