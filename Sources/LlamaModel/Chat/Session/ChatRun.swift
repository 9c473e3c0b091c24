/// The state of one response, a step at a time.
///
/// Unchecked: only the model's serial queue calls ``next()``, one call after the other.
final class ChatRun: SteppedRun, @unchecked Sendable {
  private let session: ChatSession
  private let newMessages: [ChatMessage]
  private let options: ChatOptions
  private let cancellation: CancellationFlag

  private var phase = Phase.waiting
  private var message = ChatMessage(.assistant, "")
  /// Calls of the whole chat before this answer, so that each has an id of its own.
  private var earlierCalls = 0

  private enum Phase {
    /// Another response of the session may be in the making.
    case waiting
    case generating(GenerationRun, any ChatParser)
    case ended
  }

  init(
    _ session: ChatSession, adding newMessages: [ChatMessage], options: ChatOptions,
    cancellation: CancellationFlag
  ) {
    self.session = session
    self.newMessages = newMessages
    self.options = options
    self.cancellation = cancellation
  }

  /// Does one step.
  func next() throws(ModelError) -> StepOutcome<ChatPiece> {
    do throws(ModelError) {
      switch phase {
      case .waiting:
        if cancellation.isSet { throw ModelError(.cancelled, "the generation was cancelled") }
        if session.tryBegin(self) { phase = try begin() }
        return .working
      case .generating(let run, let parser):
        return try step(run, parser)
      case .ended:
        return .ended
      }
    } catch {
      session.end(self)
      phase = .ended
      throw error
    }
  }

  private func begin() throws(ModelError) -> Phase {
    let messages = session.messages + newMessages
    earlierCalls = messages.reduce(0) { $0 + $1.toolCalls.count }
    let prompt = try fittingPrompt(messages)
    var generation = options.generation
    generation.stop += prompt.stop
    let run = GenerationRun(
      session.model, prompt: prompt.tokens, options: generation, cancellation: cancellation,
      slot: session.slot, shownTokens: prompt.shownTokens)
    return .generating(run, prompt.format.makeParser(prompt: prompt.text, tools: session.tools))
  }

  /// The prompt, without the oldest turns where the options allow to leave them out.
  private func fittingPrompt(_ messages: [ChatMessage]) throws(ModelError) -> ChatPrompt {
    let template = try session.template
    var prompt = try template.prompt(for: messages, tools: session.tools, options: options)
    guard case .leaveOutOldest(let reserve) = options.overflow else { return prompt }
    let context =
      options.generation.contextLength ?? session.model.configuration.contextLength
    var messages = messages
    while prompt.tokens.count + reserve > context, messages.leaveOutOldestTurn() {
      prompt = try template.prompt(for: messages, tools: session.tools, options: options)
    }
    return prompt
  }

  private func step(
    _ run: GenerationRun, _ parser: any ChatParser
  ) throws(ModelError) -> StepOutcome<ChatPiece> {
    var parser = parser
    guard case .piece(let piece) = try run.next() else { return .working }
    // What nobody has waited for to the end does not count.
    if cancellation.isSet { throw ModelError(.cancelled, "the generation was cancelled") }
    var events = parser.append(piece.text)
    if piece.completion != nil { events += parser.finish() }
    events = events.map(identified)
    for event in events { message.append(event) }
    var result = ChatPiece(events: events, token: piece.token)
    if let completion = piece.completion {
      result.completion = ChatCompletion(message: message, generation: completion)
      session.end(self, adding: newMessages + [message])
      phase = .ended
    } else {
      phase = .generating(run, parser)
    }
    return .piece(result)
  }

  /// Gives a call an id if the model has not: nine letters and digits, as some templates ask.
  private func identified(_ event: ChatEvent) -> ChatEvent {
    guard case .toolCallBegin(let index, "", let name) = event else { return event }
    let number = String(earlierCalls + index)
    let zeros = String(repeating: "0", count: max(0, 5 - number.count))
    return .toolCallBegin(index: index, id: "call\(zeros)\(number)", name: name)
  }
}

extension [ChatMessage] {
  /// Removes the first message that is no instruction, and what belongs to its turn; false if only
  /// the last turn is left.
  fileprivate mutating func leaveOutOldestTurn() -> Bool {
    guard let start = firstIndex(where: { $0.role != .system && $0.role != .developer }),
      let end = self[(start + 1)...].firstIndex(where: { $0.role == .user })
    else { return false }
    removeSubrange(start..<end)
    return true
  }
}
