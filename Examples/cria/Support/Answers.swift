import LlamaModel

/// Prints what a model makes of prompts, as it comes.
struct Answers {
  /// How prompts are taken.
  enum Mode {
    /// As the beginning of a text, each by itself.
    case text(LanguageModel, GenerationOptions)
    /// As what the user says in a chat.
    case chat(ChatSession)
  }

  let mode: Mode
  let isJSON: Bool
  let isQuiet: Bool

  /// Answers one prompt.
  ///
  /// - Throws: ``Failure/interrupted`` after Ctrl-C.
  func answer(_ prompt: String) async throws {
    guard let answer = try await answer(to: prompt) else {
      throw Failure.interrupted
    }
    if isJSON {
      try Console.writeJSON(answer)
    } else {
      try Console.write("\n")
      if !isQuiet { Console.note(answer.summary) }
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
        let answer = try await answer(to: line)
        if answer == nil, !isTerminal { throw Failure.interrupted }
        try Console.write("\n")
      } catch let error as ModelError where isTerminal {
        // Such as a line that is too long: another one may do.
        Console.note("cria: \(Failure(any: error).line)")
      }
    }
  }

  /// Answers and prints; nil when Ctrl-C was pressed.
  private func answer(to prompt: String) async throws -> Answer? {
    switch mode {
    case .text(let model, let options):
      try await interruptible {
        for try await piece in model.generate(prompt, options: options) {
          if !isJSON { try Console.write(piece.text) }
          if let completion = piece.completion { return Answer(completion) }
        }
        return nil
      }
    case .chat(let chat):
      try await interruptible { try await say(prompt, in: chat) }
    }
  }

  /// Goes on with a chat. What was said before Ctrl-C stays said.
  private func say(_ prompt: String, in chat: ChatSession) async throws -> Answer? {
    let question = ChatMessage(.user, prompt)
    var said = ChatMessage(.assistant, "")
    var isThinking = false
    let count = chat.messages.count
    do {
      for try await piece in chat.respond(to: [question]) {
        for event in piece.events { said.append(event) }
        if !isJSON, !isQuiet {
          if isThinking, !piece.text.isEmpty { Console.noteText("\n\n") }
          isThinking = piece.text.isEmpty && (isThinking || !piece.reasoning.isEmpty)
          Console.noteThinking(piece.reasoning)
        }
        if !isJSON { try Console.write(piece.text) }
        if let completion = piece.completion { return Answer(completion) }
      }
    } catch let error as ModelError where error.code == .cancelled {}
    if chat.messages.count == count { chat.messages += [question, said] }
    return nil
  }

  private func interruptible(
    _ body: @escaping @Sendable () async throws -> Answer?
  ) async throws -> Answer? {
    let task = Task { try await body() }
    return try await Interruption.handle(with: { task.cancel() }) {
      do {
        return try await task.value
      } catch let error as ModelError where error.code == .cancelled {
        return nil
      }
    }
  }
}
