import LlamaModel

/// Prints what a model makes of prompts, as it comes.
struct Answers {
  let model: LanguageModel
  let options: GenerationOptions
  let isJSON: Bool
  let isQuiet: Bool

  /// Answers one prompt.
  ///
  /// - Throws: ``Failure/interrupted`` after Ctrl-C.
  func answer(_ prompt: String) async throws {
    guard let completion = try await completion(of: prompt) else {
      throw Failure.interrupted
    }
    if isJSON {
      try Console.writeJSON(Result(completion))
    } else {
      try Console.write("\n")
      if !isQuiet { Console.note(Result(completion).summary) }
    }
  }

  /// Answers line after line, until the end of the input or /bye.
  func readLines() async throws {
    let isTerminal = Console.isInputTerminal
    while true {
      if isTerminal { Console.noteText("> ") }
      guard let line = await Console.readLine() else {
        if isTerminal { Console.note("") }
        return
      }
      if line == "/bye" { return }
      if line.allSatisfy(\.isWhitespace) { continue }
      do {
        let completion = try await completion(of: line)
        if completion == nil, !isTerminal { throw Failure.interrupted }
        try Console.write("\n")
      } catch let error as ModelError where isTerminal {
        // Such as a line that is too long: another one may do.
        Console.note("cria: \(Failure(any: error).line)")
      }
    }
  }

  /// Generates and prints; nil when Ctrl-C was pressed.
  private func completion(of prompt: String) async throws -> Completion? {
    let generation = model.generate(prompt, options: options)
    let task = Task {
      for try await piece in generation {
        if !isJSON { try Console.write(piece.text) }
        if let completion = piece.completion { return completion as Completion? }
      }
      return nil
    }
    return try await Interruption.handle(with: { task.cancel() }) {
      do {
        return try await task.value
      } catch let error as ModelError where error.code == .cancelled {
        return nil
      }
    }
  }
}

extension Answers {
  /// An answer as JSON.
  private struct Result: Encodable {
    struct Timings: Encodable {
      var promptSeconds: Double
      var generateSeconds: Double
      var promptTokensPerSecond: Double
      var generateTokensPerSecond: Double
    }

    var text: String
    var finishReason: FinishReason
    var usage: TokenUsage
    var timings: Timings

    init(_ completion: Completion) {
      text = completion.text
      finishReason = completion.finishReason
      usage = completion.usage
      let prompt = completion.timings.prompt.seconds
      let generation = completion.timings.generation.seconds
      func rate(_ tokens: Int, _ seconds: Double) -> Double {
        seconds > 0 ? Double(tokens) / seconds : 0
      }
      timings = Timings(
        promptSeconds: prompt, generateSeconds: generation,
        promptTokensPerSecond: rate(usage.promptTokens, prompt),
        generateTokensPerSecond: rate(usage.completionTokens, generation))
    }

    /// For people.
    var summary: String {
      let end = finishReason == .length ? ", cut at the limit" : ""
      return "[prompt: \(usage.promptTokens) tokens, "
        + "\(Format.rate(timings.promptTokensPerSecond)) tokens/s; "
        + "answer: \(usage.completionTokens) tokens, "
        + "\(Format.rate(timings.generateTokensPerSecond)) tokens/s\(end)]"
    }
  }
}
