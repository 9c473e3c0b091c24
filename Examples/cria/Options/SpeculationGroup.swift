import ArgumentParser
import LlamaModel

/// How tokens are guessed ahead, which changes the speed and not the text.
struct SpeculationGroup: ParsableArguments {
  @Flag(help: "Guess that the text repeats itself.")
  var lookup = false

  @Option(
    name: .customLong("model-draft"),
    help: ArgumentHelp(
      "A smaller model with the same vocabulary, whose guesses are checked.", valueName: "file"))
  var draftModel: String?

  @Option(
    name: .customLong("draft-max"),
    help: ArgumentHelp("The most tokens guessed at once.", valueName: "n"))
  var maximum: Int?

  func validate() throws {
    if lookup, draftModel != nil {
      throw ValidationError("--lookup and --model-draft exclude each other; give one of them.")
    }
    if let maximum, maximum < 1 {
      throw ValidationError("--draft-max \(maximum) is too few; give 1 or more.")
    }
    if maximum != nil, !lookup, draftModel == nil {
      throw ValidationError("--draft-max needs --lookup or --model-draft.")
    }
  }

  /// What was asked for.
  func speculation(_ runtime: RuntimeGroup) throws -> Speculation? {
    var speculation: Speculation? = lookup ? .promptLookup() : nil
    if let draftModel { speculation = .draft(try ModelFile(path: draftModel).load(runtime)) }
    if let maximum { speculation?.maximumTokens = maximum }
    return speculation
  }
}
