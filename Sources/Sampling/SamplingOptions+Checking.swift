extension SamplingOptions {
  /// - Throws: ``SamplingError`` with the name of the first option that makes no sense.
  func check() throws(SamplingError) {
    try checkSteps()
    try checkPenalties()
    for (token, bias) in logitBias {
      try Self.require(
        token >= 0 && !bias.isNaN && bias < .infinity, "logitBias",
        "a bias must be a number or negative infinity, for a token that is 0 or more")
    }
    switch sampler {
    case .distribution: break
    case .mirostat(let target, let rate), .mirostatV2(let target, let rate):
      try Self.require(
        target >= 0 && target.isFinite && rate >= 0 && rate.isFinite, "sampler",
        "the target and the rate of Mirostat must be finite numbers that are 0 or more")
    case .adaptiveProbability(let target, let decay):
      try Self.require(
        target <= 1 && target.isFinite && (0...0.99).contains(decay), "sampler",
        "the target must be at most 1, below 0 for off, and the decay in 0...0.99")
    }
    try Self.require(
      Set(order).count == order.count, "order", "a step can stand in the order once")
  }

  private func checkSteps() throws(SamplingError) {
    try Self.require(
      temperature.isFinite, "temperature", "the temperature must be a finite number")
    try Self.require(topK >= 0, "topK", "the number of tokens kept must be 0 (all) or more")
    try Self.require((0...1).contains(topP), "topP", "the probability to reach must be in 0...1")
    try Self.require((0...1).contains(minP), "minP", "the relative probability must be in 0...1")
    try Self.require(
      (0...1).contains(typicalP), "typicalP", "the probability to exceed must be in 0...1")
    try Self.require(
      topNSigma.isFinite, "topNSigma", "the number of deviations must be finite; 0 or less is off")
    try Self.require(
      (0...1).contains(xtcProbability), "xtcProbability", "the chance must be in 0...1; 0 is off")
    try Self.require(
      (0...1).contains(xtcThreshold), "xtcThreshold",
      "the probability must be in 0...1; above 0.5 is off")
    try Self.require(
      minimumKept >= 0, "minimumKept", "the number of tokens kept must be 0 or more")
    try Self.require(
      dynamicTemperatureRange >= 0 && dynamicTemperatureRange.isFinite, "dynamicTemperatureRange",
      "the range must be a finite number that is 0 (off) or more")
    try Self.require(
      dynamicTemperatureExponent >= 0 && dynamicTemperatureExponent.isFinite,
      "dynamicTemperatureExponent", "the exponent must be a finite number that is 0 or more")
  }

  private func checkPenalties() throws(SamplingError) {
    try Self.require(
      repetitionPenalty > 0 && repetitionPenalty.isFinite,
      "repetitionPenalty", "the factor must be a finite number above 0; 1 is off")
    try Self.require(
      frequencyPenalty.isFinite, "frequencyPenalty", "the penalty must be a finite number; 0 is off"
    )
    try Self.require(
      presencePenalty.isFinite, "presencePenalty", "the penalty must be a finite number; 0 is off")
    try Self.require(
      (0...1 << 24).contains(penaltyWindow), "penaltyWindow",
      "the number of tokens must be in 0...16777216; 0 is off")
    try Self.require(
      dryMultiplier.isFinite, "dryMultiplier", "the penalty must be a finite number; 0 is off")
    try Self.require(
      dryBase >= 0 && dryBase.isFinite, "dryBase",
      "the base must be a finite number that is 0 or more; below 1 is off")
    try Self.require(
      (1...1 << 24).contains(dryAllowedLength), "dryAllowedLength",
      "the length must be in 1...16777216")
    try Self.require(
      (-1...1 << 24).contains(dryWindow), "dryWindow",
      "the number of tokens must be in -1...16777216; -1 for all, 0 is off")
  }

  private static func require(
    _ condition: Bool, _ option: String, _ rule: String
  ) throws(SamplingError) {
    guard condition else { throw SamplingError(.invalidOption, rule, option: option) }
  }
}
