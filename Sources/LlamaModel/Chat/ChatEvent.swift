/// A part of what a model writes, told apart as it comes.
public enum ChatEvent: Sendable, Hashable {
  /// Text of the answer.
  case text(String)
  /// Text of the thinking before it.
  case reasoning(String)
  /// A call of a tool begins; calls are counted from 0.
  case toolCallBegin(index: Int, id: String, name: String)
  /// More of a call's arguments.
  case toolCallArguments(index: Int, String)
  /// A call is complete.
  case toolCallEnd(index: Int)
}

extension ChatMessage {
  /// What an assistant said, put together from its parts.
  public init(_ events: some Sequence<ChatEvent>) {
    self.init(.assistant, "")
    for event in events { append(event) }
  }

  /// Adds a part of what an assistant says.
  public mutating func append(_ event: ChatEvent) {
    switch event {
    case .text(let text): content += text
    case .reasoning(let text): reasoning += text
    case .toolCallBegin(_, let id, let name):
      toolCalls.append(ToolCall(id: id, name: name, arguments: ""))
    case .toolCallArguments(let index, let text):
      if toolCalls.indices.contains(index) { toolCalls[index].arguments += text }
    case .toolCallEnd: break
    }
  }
}
