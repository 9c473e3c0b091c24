public import ChatTemplate

/// Who says a message.
public enum ChatRole: String, Sendable, Hashable, Codable {
  /// Whoever deploys the model.
  case system
  /// Whoever deploys the model, where a model tells that from `system`.
  case developer
  /// Whoever talks with the model.
  case user
  /// The model.
  case assistant
  /// What a tool answers.
  case tool
}

/// A tool that the model wants to be called.
public struct ToolCall: Sendable, Hashable {
  /// Connects the call with its answer. Empty if the model gives none.
  public var id: String
  /// The tool's name.
  public var name: String
  /// The arguments as the model wrote them: JSON, if it made no mistake.
  public var arguments: String

  /// Creates a call.
  public init(id: String = "", name: String, arguments: String) {
    self.id = id
    self.name = name
    self.arguments = arguments
  }
}

/// A tool that the model may ask for.
public struct ToolDefinition: Sendable, Hashable {
  /// The tool's name.
  public var name: String
  /// What it does, for the model to read.
  public var description: String
  /// A JSON schema of its arguments.
  public var parameters: TemplateValue

  /// Creates a definition.
  public init(
    name: String, description: String, parameters: TemplateValue = ["type": "object"]
  ) {
    self.name = name
    self.description = description
    self.parameters = parameters
  }

  /// The definition as templates expect it, which is how OpenAI's interface has it.
  public var templateValue: TemplateValue {
    [
      "type": "function",
      "function": [
        "name": .string(name), "description": .string(description), "parameters": parameters,
      ],
    ]
  }
}

/// A message of a chat.
public struct ChatMessage: Sendable, Hashable {
  /// Who says it.
  public var role: ChatRole
  /// What is said.
  public var content: String
  /// What the model thought before, if it was told apart.
  public var reasoning: String
  /// The tools that the model wants to be called.
  public var toolCalls: [ToolCall]
  /// For a tool's answer: the call that it answers.
  public var toolCallID: String?
  /// For a tool's answer: the tool.
  public var name: String?

  /// Creates a message.
  public init(
    _ role: ChatRole, _ content: String, reasoning: String = "", toolCalls: [ToolCall] = [],
    toolCallID: String? = nil, name: String? = nil
  ) {
    self.role = role
    self.content = content
    self.reasoning = reasoning
    self.toolCalls = toolCalls
    self.toolCallID = toolCallID
    self.name = name
  }

  /// What a tool answers to a call.
  public static func toolAnswer(_ content: String, to call: ToolCall) -> ChatMessage {
    ChatMessage(.tool, content, toolCallID: call.id, name: call.name)
  }

  /// The message as templates expect it.
  ///
  /// - Parameter argumentsAsText: Whether arguments of calls are texts, also where they are JSON, of
  ///   which templates usually want the objects.
  public func templateValue(argumentsAsText: Bool = false) -> TemplateValue {
    var object = TemplateObject()
    object["role"] = .string(role.rawValue)
    object["content"] = .string(content)
    if !reasoning.isEmpty { object["reasoning_content"] = .string(reasoning) }
    if !toolCalls.isEmpty {
      object["tool_calls"] = .array(
        toolCalls.map { $0.templateValue(argumentsAsText: argumentsAsText) })
    }
    if let toolCallID { object["tool_call_id"] = .string(toolCallID) }
    if let name { object["name"] = .string(name) }
    return .object(object)
  }
}

extension ToolCall {
  /// The call as templates expect it.
  func templateValue(argumentsAsText: Bool) -> TemplateValue {
    let parsed = argumentsAsText ? nil : try? TemplateValue(json: arguments)
    let function: TemplateValue = [
      "name": .string(name), "arguments": parsed ?? .string(arguments),
    ]
    var object = TemplateObject()
    if !id.isEmpty { object["id"] = .string(id) }
    object["type"] = "function"
    object["function"] = function
    return .object(object)
  }
}
