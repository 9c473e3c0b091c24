extension SamplingOptions {
  /// Makes a chain that applies the options; steps that change nothing are left out.
  ///
  /// - Parameters:
  ///   - seed: The seed to use instead of ``seed``.
  ///   - breakers: Where ``DontRepeatYourself`` sees no repetition: ``dryBreakers`` as tokens.
  public func makeChain(
    seed: UInt64? = nil, breakers: SequenceBreakers = SequenceBreakers([])
  ) -> SamplerChain {
    let seed = seed ?? self.seed ?? UInt64.random(in: .min ... .max)
    var transforms: [any LogitTransform] = []
    if !logitBias.isEmpty { transforms.append(LogitBias(logitBias)) }
    if temperature > 0, let sampler = makeMirostat(seed: seed) {
      if temperature != 1 { transforms.append(makeTemperature()) }
      return SamplerChain(transforms: transforms, sampler: sampler)
    }
    for step in order {
      guard let transform = makeTransform(step, seed: seed, breakers: breakers) else { continue }
      transforms.append(transform)
    }
    return SamplerChain(transforms: transforms, sampler: makeSampler(seed: seed))
  }

  /// The transform for a step, or `nil` where it would change nothing.
  private func makeTransform(
    _ step: SamplingStep, seed: UInt64, breakers: SequenceBreakers
  ) -> (any LogitTransform)? {
    switch step {
    case .penalties:
      let penalties = RepetitionPenalties(
        repetition: repetitionPenalty, frequency: frequencyPenalty, presence: presencePenalty,
        window: penaltyWindow)
      return penalties.isNeutral ? nil : penalties
    case .dry:
      let dry = DontRepeatYourself(
        multiplier: dryMultiplier, base: dryBase, allowedLength: dryAllowedLength,
        window: dryWindow, breakers: breakers)
      return dry.isNeutral ? nil : dry
    default: break
    }
    // The following never remove the most likely token, but for XTC, which greedy choice excludes.
    guard temperature > 0 else { return nil }
    return switch step {
    case .topNSigma where topNSigma > 0: TopNSigma(topNSigma)
    case .topK where topK > 0: TopK(topK)
    case .typicalP where typicalP < 1: TypicalP(typicalP, minimumKept: minimumKept)
    case .topP where topP < 1: TopP(topP, minimumKept: minimumKept)
    case .minP where minP > 0: MinP(minP, minimumKept: minimumKept)
    case .xtc where xtcProbability > 0 && xtcThreshold <= 0.5:
      ExcludeTopChoices(
        chance: xtcProbability, threshold: xtcThreshold, minimumKept: minimumKept,
        // Its draws must not follow those of the sampler.
        seed: seed ^ 0x5851_F42D_4C95_7F2D)
    case .temperature where temperature != 1 || dynamicTemperatureRange > 0: makeTemperature()
    default: nil
    }
  }

  private func makeTemperature() -> any LogitTransform {
    if dynamicTemperatureRange > 0 {
      return DynamicTemperature(
        temperature, range: dynamicTemperatureRange, exponent: dynamicTemperatureExponent)
    }
    return Temperature(temperature)
  }

  private func makeMirostat(seed: UInt64) -> (any TokenSampler)? {
    switch sampler {
    case .mirostat(let target, let rate): MirostatSampler(target: target, rate: rate, seed: seed)
    case .mirostatV2(let target, let rate):
      MirostatV2Sampler(target: target, rate: rate, seed: seed)
    case .distribution, .adaptiveProbability: nil
    }
  }

  private func makeSampler(seed: UInt64) -> any TokenSampler {
    guard temperature > 0 else { return GreedySampler() }
    if case .adaptiveProbability(let target, let decay) = sampler {
      return AdaptiveProbabilitySampler(target: target, decay: decay, seed: seed)
    }
    return DistributionSampler(seed: seed)
  }
}
