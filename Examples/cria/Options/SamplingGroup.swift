import ArgumentParser
import Sampling

/// How tokens are chosen.
struct SamplingGroup: ParsableArguments {
  private static var defaults: SamplingOptions { .standard }

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "What the logits are divided by; 0 always takes the most likely token.", valueName: "x"))
  var temperature = Self.defaults.temperature

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("How many of the most likely tokens stay; 0 keeps all.", valueName: "n"))
  var topK = Self.defaults.topK

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The probability that the tokens kept must reach together; 1 keeps all.", valueName: "x"))
  var topP = Self.defaults.topP

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The least probability relative to the most likely token; 0 keeps all.", valueName: "x"))
  var minP = Self.defaults.minP

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The factor that makes recent tokens less likely; 1 is off.", valueName: "x")
  )
  var repeatPenalty = Self.defaults.repetitionPenalty

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Subtracted from a token's logit for each of its occurrences; 0 is off.", valueName: "x"))
  var frequencyPenalty = Self.defaults.frequencyPenalty

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Subtracted from the logit of a token that occurred; 0 is off.", valueName: "x"))
  var presencePenalty = Self.defaults.presencePenalty

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("How many of the last tokens the penalties look at.", valueName: "n"))
  var repeatLastN = Self.defaults.penaltyWindow

  @Option(
    help: ArgumentHelp(
      "The seed of the random choices: the same one gives the same text.", valueName: "n"))
  var seed: UInt64?

  func validate() throws { _ = try options() }

  /// The checked options.
  func options() throws -> SamplingOptions {
    do {
      return try SamplingOptions(
        temperature: temperature, topK: topK, topP: topP, minP: minP,
        repetitionPenalty: repeatPenalty, frequencyPenalty: frequencyPenalty,
        presencePenalty: presencePenalty, penaltyWindow: repeatLastN, seed: seed)
    } catch {
      throw ValidationError("\(Self.flags[error.option] ?? error.option): \(error.message).")
    }
  }

  /// The library's names of the options, as the tool spells them.
  private static let flags = [
    "temperature": "--temperature", "topK": "--top-k", "topP": "--top-p", "minP": "--min-p",
    "repetitionPenalty": "--repeat-penalty", "frequencyPenalty": "--frequency-penalty",
    "presencePenalty": "--presence-penalty", "penaltyWindow": "--repeat-last-n",
  ]
}
