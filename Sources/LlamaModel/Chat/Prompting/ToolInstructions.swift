import ChatTemplate

/// Tools in words, for templates that know none: as Hermes and Qwen have them.
enum ToolInstructions {
  /// What the end of every tool's answer is.
  static let end = "</tool_response>"

  /// How models are told to call tools.
  static var format: any ChatFormat { HermesFormat() }

  /// What the model is told about the tools.
  static func text(_ tools: [ToolDefinition]) -> String {
    let list = tools.map(\.templateValue.json).joined(separator: "\n")
    return """
      You may call one or more of these tools, given as JSON schemas:
      <tools>
      \(list)
      </tools>

      To call a tool, write its name and arguments as JSON between tags, and wait for its answer:
      <tool_call>
      {"name": "the tool's name", "arguments": {"name": "value"}}
      </tool_call>
      """
  }

  /// What an assistant said, with its calls.
  static func text(_ message: ChatMessage) -> String {
    let calls = message.toolCalls.map { call in
      let arguments = (try? TemplateValue(json: call.arguments)) ?? .string(call.arguments)
      let value: TemplateValue = ["name": .string(call.name), "arguments": arguments]
      return "<tool_call>\n\(value.json)\n</tool_call>"
    }
    let text = message.content.isEmpty ? [] : [message.content]
    return (text + calls).joined(separator: "\n")
  }

  /// What a tool answered.
  static func text(answer message: ChatMessage) -> String {
    "<tool_response>\n\(message.content)\n\(end)"
  }
}
