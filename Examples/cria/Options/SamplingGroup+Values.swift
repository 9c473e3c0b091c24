import ArgumentParser
import LlamaModel
import Sampling

extension SamplingGroup {
  /// The checked options: what was given, over the preset or what the model file recommends.
  func options(for model: LanguageModel) throws -> SamplingOptions {
    let recommended: SamplingOptions
    do {
      recommended = try SamplingOptions(recommendedBy: model.metadata)
    } catch {
      throw Failure(any: error)
    }
    let endTokens = ignoreEOS ? TokenizerVocabulary(tokenizer: model.tokenizer).endTokens : []
    return try options(over: preset?.options ?? recommended, without: endTokens)
  }

  /// The checked options: what was given, over a base, without some tokens.
  func options(
    over base: SamplingOptions, without tokens: [Int] = []
  ) throws -> SamplingOptions {
    let bias = base.logitBias.merging(
      logitBias.map { ($0.token, $0.bias) } + tokens.map { ($0, -.infinity) },
      uniquingKeysWith: { $1 })
    do throws(SamplingError) {
      return try SamplingOptions(
        temperature: temperature ?? base.temperature, topK: topK ?? base.topK,
        topP: topP ?? base.topP, minP: minP ?? base.minP, typicalP: typical ?? base.typicalP,
        topNSigma: topNSigma ?? base.topNSigma,
        xtcProbability: xtcProbability ?? base.xtcProbability,
        xtcThreshold: xtcThreshold ?? base.xtcThreshold, minimumKept: base.minimumKept,
        dynamicTemperatureRange: dynatempRange ?? base.dynamicTemperatureRange,
        dynamicTemperatureExponent: dynatempExp ?? base.dynamicTemperatureExponent,
        repetitionPenalty: repeatPenalty ?? base.repetitionPenalty,
        frequencyPenalty: frequencyPenalty ?? base.frequencyPenalty,
        presencePenalty: presencePenalty ?? base.presencePenalty,
        penaltyWindow: repeatLastN ?? base.penaltyWindow,
        dryMultiplier: dryMultiplier ?? base.dryMultiplier, dryBase: dryBase ?? base.dryBase,
        dryAllowedLength: dryAllowedLength ?? base.dryAllowedLength,
        dryWindow: dryPenaltyLastN ?? base.dryWindow,
        dryBreakers: drySequenceBreaker.isEmpty
          ? base.dryBreakers : drySequenceBreaker.filter { $0 != "none" },
        logitBias: bias, sampler: try sampler(over: base.sampler),
        order: samplers?.steps ?? base.order, seed: seed)
    } catch {
      throw ValidationError("\(Self.flags[error.option] ?? error.option): \(error.message).")
    }
  }

  private func sampler(
    over base: SamplingOptions.Sampler
  ) throws(SamplingError) -> SamplingOptions.Sampler {
    if let adaptiveTarget, adaptiveTarget >= 0 {
      return .adaptiveProbability(target: adaptiveTarget, decay: adaptiveDecay ?? 0.9)
    }
    switch mirostat {
    case nil: return base
    case 0: return .distribution
    case 1: return .mirostat(target: mirostatTarget ?? 5, rate: mirostatRate ?? 0.1)
    case 2: return .mirostatV2(target: mirostatTarget ?? 5, rate: mirostatRate ?? 0.1)
    default:
      throw SamplingError(.invalidOption, "Mirostat has the versions 1 and 2", option: "mirostat")
    }
  }

  /// The library's names of the options, as the tool spells them.
  private static let flags = [
    "temperature": "--temperature", "topK": "--top-k", "topP": "--top-p", "minP": "--min-p",
    "typicalP": "--typical", "topNSigma": "--top-n-sigma", "xtcProbability": "--xtc-probability",
    "xtcThreshold": "--xtc-threshold", "repetitionPenalty": "--repeat-penalty",
    "frequencyPenalty": "--frequency-penalty", "presencePenalty": "--presence-penalty",
    "penaltyWindow": "--repeat-last-n", "dryMultiplier": "--dry-multiplier",
    "dryBase": "--dry-base", "dryAllowedLength": "--dry-allowed-length",
    "dryWindow": "--dry-penalty-last-n", "dynamicTemperatureRange": "--dynatemp-range",
    "dynamicTemperatureExponent": "--dynatemp-exp", "mirostat": "--mirostat",
    "sampler": "--mirostat or --adaptive-target", "order": "--samplers",
    "logitBias": "--logit-bias",
  ]
}

/// A set of values by name.
enum SamplingPreset: String, ExpressibleByArgument, CaseIterable {
  case standard, greedy, precise, creative

  var options: SamplingOptions {
    switch self {
    case .standard: .standard
    case .greedy: .greedy
    case .precise: .precise
    case .creative: .creative
    }
  }
}

/// The steps of a chain by their names, separated by semicolons.
struct SamplingOrder: ExpressibleByArgument {
  var steps: [SamplingStep] = []

  init?(argument: String) {
    for name in argument.split(separator: ";") {
      let plain = name.map { $0 == "-" ? "_" : $0 }
      guard let step = SamplingStep(rawValue: Self.others[String(plain)] ?? String(plain)) else {
        return nil
      }
      steps.append(step)
    }
  }

  /// Further names that llama.cpp knows.
  private static let others = ["typical": "typ_p", "typical_p": "typ_p", "temp": "temperature"]
}

/// A token's id and, after a sign, what is added to its logit.
struct LogitBiasArgument: ExpressibleByArgument {
  var token: Int
  var bias: Float

  init?(argument: String) {
    guard let sign = argument.firstIndex(where: { $0 == "+" || $0 == "-" }),
      let token = Int(argument[..<sign]), let bias = Float(argument[sign...])
    else { return nil }
    (self.token, self.bias) = (token, bias)
  }
}
