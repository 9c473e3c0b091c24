import ArgumentParser
import Sampling

/// How tokens are chosen: llama.cpp's options. Those left out are the model file's, or else the usual.
struct SamplingGroup: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A set of values: greedy, precise, creative or standard. (default: the model file's)",
      valueName: "name"))
  var preset: SamplingPreset?

  @Option(
    name: [.long, .customLong("temp")], parsing: .unconditional,
    help: ArgumentHelp(
      "What the logits are divided by; 0 always takes the most likely token. (default: 0.8)",
      valueName: "x"))
  var temperature: Float?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "How many of the most likely tokens stay; 0 keeps all. (default: 40)", valueName: "n"))
  var topK: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The probability that the tokens kept must reach together; 1 keeps all. (default: 0.95)",
      valueName: "x"))
  var topP: Float?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The least probability relative to the most likely token; 0 keeps all. (default: 0.05)",
      valueName: "x"))
  var minP: Float?

  @Option(
    name: [.long, .customLong("typical-p")], parsing: .unconditional,
    help: ArgumentHelp(
      "The probability that the most typical tokens must exceed together; 1 keeps all. (default: 1)",
      valueName: "x"))
  var typical: Float?

  @Option(
    name: [.customLong("top-n-sigma"), .customLong("top-nsigma")], parsing: .unconditional,
    help: ArgumentHelp(
      "The most standard deviations below the greatest logit; 0 or less keeps all. (default: -1)",
      valueName: "x"))
  var topNSigma: Float?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The chance that the most likely tokens are removed; 0 is off. (default: 0)", valueName: "x"))
  var xtcProbability: Float?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "How likely such tokens are at least; above 0.5 is off. (default: 0.1)", valueName: "x"))
  var xtcThreshold: Float?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The factor that makes recent tokens less likely; 1 is off. (default: 1)", valueName: "x"))
  var repeatPenalty: Float?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Subtracted from a token's logit for each of its occurrences; 0 is off. (default: 0)",
      valueName: "x"))
  var frequencyPenalty: Float?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Subtracted from the logit of a token that occurred; 0 is off. (default: 0)", valueName: "x"))
  var presencePenalty: Float?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "How many of the last tokens the penalties look at. (default: 64)", valueName: "n"))
  var repeatLastN: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The scale of the penalty on prolonging a repetition; 0 is off. (default: 0)", valueName: "x")
  )
  var dryMultiplier: Float?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "How fast it grows with the repetition's length. (default: 1.75)", valueName: "x"))
  var dryBase: Float?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The length from which it applies. (default: 2)", valueName: "n"))
  var dryAllowedLength: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "How many of the last tokens are searched for repetitions; -1 for all. (default: 64)",
      valueName: "n"))
  var dryPenaltyLastN: Int?

  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      #"A text over which none is seen, instead of "\n", ":", "\"" and "*"; may be repeated, "none" "#
        + "for no such text.", valueName: "text"))
  var drySequenceBreaker: [String] = []

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "How far the temperature moves with the entropy; 0 is off. (default: 0)", valueName: "x"))
  var dynatempRange: Float?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("How it follows the entropy. (default: 1)", valueName: "x"))
  var dynatempExp: Float?

  @Option(help: ArgumentHelp("Mirostat 1 or 2 instead of other steps; 0 is off.", valueName: "n"))
  var mirostat: Int?

  @Option(
    name: .customLong("mirostat-lr"), parsing: .unconditional,
    help: ArgumentHelp("Mirostat's rate of learning. (default: 0.1)", valueName: "x"))
  var mirostatRate: Float?

  @Option(
    name: .customLong("mirostat-ent"), parsing: .unconditional,
    help: ArgumentHelp("Mirostat's surprise to aim at. (default: 5)", valueName: "x"))
  var mirostatTarget: Float?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The probability of tokens that adaptive-p aims at; below 0 is off. (default: -1)",
      valueName: "x"))
  var adaptiveTarget: Float?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("How slowly adaptive-p forgets. (default: 0.9)", valueName: "x"))
  var adaptiveDecay: Float?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The steps in order, separated by semicolons. (default: \(Self.standardOrder))",
      valueName: "names"))
  var samplers: SamplingOrder?

  @Option(
    name: [.customShort("l"), .long], parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "A token's id and what is added to its logit, such as 15043+1 or 15043-inf; may be repeated.",
      valueName: "id±x"))
  var logitBias: [LogitBiasArgument] = []

  @Flag(
    name: .customLong("ignore-eos"),
    help: "Never choose a token that ends the text.")
  var ignoreEOS = false

  @Option(
    help: ArgumentHelp(
      "The seed of the random choices: the same one gives the same text.", valueName: "n"))
  var seed: UInt64?

  private static let standardOrder = SamplingStep.standardOrder.map(\.rawValue)
    .joined(separator: ";")

  func validate() throws { _ = try options(over: .standard) }
}
