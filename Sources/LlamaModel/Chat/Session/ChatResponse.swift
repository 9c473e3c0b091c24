/// An answer in the making, as an asynchronous sequence of pieces.
///
/// Like a ``Generation``, it starts when iteration starts, runs ahead of a slow consumer, and stops
/// soon after the iterating task is cancelled or the iterator is dropped. Each iteration says the
/// same anew.
public struct ChatResponse: AsyncSequence, Sendable {
  /// The pieces, as they come.
  public typealias AsyncIterator = PieceIterator<ChatPiece>

  let session: ChatSession
  let messages: [ChatMessage]
  let options: ChatOptions

  /// Starts answering.
  public func makeAsyncIterator() -> AsyncIterator {
    let cancellation = CancellationFlag()
    let run = ChatRun(session, adding: messages, options: options, cancellation: cancellation)
    return PieceIterator(run, on: session.model.queue, cancellation: cancellation)
  }

  /// Answers to the end and returns the whole.
  ///
  /// - Throws: ``ModelError/Code/cancelled`` when the task is cancelled before the end.
  public func completion() async throws(ModelError) -> ChatCompletion {
    for try await piece in self {
      if let completion = piece.completion { return completion }
    }
    throw ModelError(.cancelled, "the generation was cancelled")
  }
}

/// A piece of an answer.
public struct ChatPiece: Sendable {
  /// What has come, told apart; often nothing.
  public var events: [ChatEvent]
  /// The token that brought it, nil in the last piece.
  public var token: Int?
  /// The whole, in the last piece.
  public var completion: ChatCompletion?

  /// What the answer's text has gained.
  public var text: String {
    events.reduce(into: "") { text, event in
      if case .text(let part) = event { text += part }
    }
  }

  /// What the thinking before the answer has gained.
  public var reasoning: String {
    events.reduce(into: "") { text, event in
      if case .reasoning(let part) = event { text += part }
    }
  }
}

/// A complete answer.
public struct ChatCompletion: Sendable {
  /// The answer: text, thinking and calls.
  public var message: ChatMessage
  /// What the model wrote, with all marks, and how it ended, before calls were told apart.
  public var generation: Completion

  /// Why it ended.
  public var finishReason: FinishReason {
    generation.finishReason == .stop && !message.toolCalls.isEmpty
      ? .toolCalls : generation.finishReason
  }

  /// Tokens read and written.
  public var usage: TokenUsage { generation.usage }
  /// How long it took.
  public var timings: GenerationTimings { generation.timings }
}
