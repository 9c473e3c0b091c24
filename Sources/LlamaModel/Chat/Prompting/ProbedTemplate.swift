import ChatTemplate

/// A template together with what it is able to say.
struct ProbedTemplate: Sendable {
  let format: any ChatFormat
  let template: ChatTemplate
  let specialNames: TemplateObject
  private(set) var abilities = Abilities()
  /// What ends an answer besides the vocabulary's own end tokens, as the template shows.
  private(set) var ending: String?

  /// What a template is able to say.
  struct Abilities: Sendable, Equatable {
    /// Texts are lists of parts, not strings.
    var wantsParts = false
    /// There are instructions.
    var hasInstructions = true
    /// There are tools.
    var hasTools = true
    /// There are calls in what the assistant says.
    var hasCalls = true
    /// The arguments of calls are JSON texts, not objects.
    var wantsArgumentText = false
    /// There are answers of tools.
    var hasToolAnswers = true
    /// There is a list of tools, be it an empty one.
    var wantsToolList = false
  }

  /// - Throws: ``ModelError/Code/templateFailure`` where it cannot be parsed.
  init(
    _ source: String, specialNames: TemplateObject, format: (any ChatFormat)?,
    tokenizer: any Tokenizer
  ) throws(ModelError) {
    do throws(TemplateError) {
      template = try ChatTemplate(source: source)
    } catch {
      throw ModelError(.templateFailure, "this is no chat template: \(error)")
    }
    self.specialNames = specialNames
    self.format = format ?? ChatFormatRegistry.format(forTemplate: source)
    probe()
    ending = ending(by: tokenizer)
  }

  /// How answers are written: tools that the template does not know are explained in another way.
  func format(withTools: Bool) -> any ChatFormat {
    withTools && !abilities.hasTools ? ToolInstructions.format : format
  }

  /// The text of a prompt.
  func render(
    _ messages: [ChatMessage], tools: [ToolDefinition], options: ChatOptions
  ) throws(ModelError) -> String {
    let adapted = adapt(messages, tools: tools)
    do throws(TemplateError) {
      return try text(
        adapted.map(value), tools: abilities.hasTools ? tools : [], options: options,
        addsOpening: true)
    } catch {
      throw ModelError(
        .templateFailure, "the chat template refuses these messages: \(error)")
    }
  }

  private func text(
    _ messages: [TemplateValue], tools: [ToolDefinition], options: ChatOptions, addsOpening: Bool
  ) throws(TemplateError) -> String {
    var context = specialNames
    context["messages"] = .array(messages)
    let lists = !tools.isEmpty || abilities.wantsToolList
    context["tools"] = lists ? .array(tools.map(\.templateValue)) : TemplateValue.none
    context["documents"] = TemplateValue.none
    context["add_generation_prompt"] = .boolean(addsOpening)
    for (name, value) in options.reasoning.variables(template.mentions) { context[name] = value }
    for member in options.variables.members { context[member.name] = member.value }
    return try template.render(
      context, options: TemplateOptions(now: options.now, allowsMutation: true))
  }
}

// MARK: Messages

extension ProbedTemplate {
  /// The messages as this template takes them.
  private func adapt(_ messages: [ChatMessage], tools: [ToolDefinition]) -> [ChatMessage] {
    var messages = messages
    if !abilities.hasTools, !tools.isEmpty {
      let instructions = ToolInstructions.text(tools)
      if let index = messages.firstIndex(where: \.isInstruction) {
        messages[index].content += "\n\n" + instructions
      } else {
        messages.insert(ChatMessage(.system, instructions), at: 0)
      }
    }
    let writesCalls = !abilities.hasCalls || (!tools.isEmpty && !abilities.hasTools)
    let writesAnswers = !abilities.hasToolAnswers || writesCalls
    var adapted: [ChatMessage] = []
    var instructions: [String] = []
    for var message in messages {
      if message.role == .developer, !template.source.contains("developer") {
        message.role = .system
      }
      if !abilities.hasInstructions, message.isInstruction {
        instructions.append(message.content)
        continue
      }
      if writesCalls, !message.toolCalls.isEmpty {
        message.content = ToolInstructions.text(message)
        message.toolCalls = []
      }
      if writesAnswers, message.role == .tool {
        message = ChatMessage(.user, ToolInstructions.text(answer: message))
        // Several answers are one message, for roles alternate.
        if adapted.last?.role == .user,
          adapted.last?.content.hasSuffix(ToolInstructions.end) == true
        {
          adapted[adapted.count - 1].content += "\n" + message.content
          continue
        }
      }
      if message.role == .user, !instructions.isEmpty {
        message.content = (instructions + [message.content]).joined(separator: "\n\n")
        instructions = []
      }
      adapted.append(message)
    }
    if !instructions.isEmpty {
      adapted.append(ChatMessage(.user, instructions.joined(separator: "\n\n")))
    }
    return adapted
  }

  private func value(_ message: ChatMessage) -> TemplateValue {
    guard var object = message.templateValue(argumentsAsText: abilities.wantsArgumentText).object
    else { return nil }
    if abilities.wantsParts {
      object["content"] = [["type": "text", "text": .string(message.content)]]
    }
    return .object(object)
  }
}

extension ChatMessage {
  fileprivate var isInstruction: Bool { role == .system || role == .developer }
}

// MARK: Probing

extension ProbedTemplate {
  private static let question = "Zquestion"
  private static let answer = "Zanswer"

  /// What the template makes of sample messages, nil if it refuses them.
  private func sample(_ messages: [ChatMessage], tools: [ToolDefinition] = []) -> String? {
    let options = ChatOptions(now: TemplateDate(year: 2026, month: 1, day: 1))
    return try? text(messages.map(value), tools: tools, options: options, addsOpening: false)
  }

  private mutating func probe() {
    let user = ChatMessage(.user, Self.question)
    if sample([user]) == nil {
      abilities.wantsToolList = true
      abilities.wantsToolList = sample([user]) != nil
    }
    func says(_ text: String?, _ words: String...) -> Bool {
      words.allSatisfy { text?.contains($0) == true }
    }
    if !says(sample([user]), Self.question) {
      abilities.wantsParts = true
      abilities.wantsParts = says(sample([user]), Self.question)
    }
    abilities.hasInstructions = says(
      sample([ChatMessage(.system, "Zsystem"), user]), "Zsystem", Self.question)
    let tool = ToolDefinition(
      name: "ztool", description: "Zdescription",
      parameters: [
        "type": "object",
        "properties": ["zargument": ["type": "string", "description": "Zargument"]],
        "required": ["zargument"],
      ])
    abilities.hasTools = says(sample([user], tools: [tool]), "ztool")

    let call = ToolCall(id: "call00000", name: "ztool", arguments: #"{"zargument": "Zvalue"}"#)
    let called = [user, ChatMessage(.assistant, "", toolCalls: [call])]
    let answered =
      called + [ChatMessage(.tool, "Zresult", toolCallID: call.id, name: call.name)]
    func says(_ messages: [ChatMessage]) -> (calls: Bool, isPython: Bool, answers: Bool) {
      let text = sample(messages, tools: [tool])
      let calls = says(text, "ztool", "zargument", "Zvalue")
      // A dictionary that is printed as it is gets Python's quotes.
      return (calls, calls && says(text, "'zargument'"), says(text, "Zresult"))
    }
    func probeCalls(_ messages: [ChatMessage]) -> (calls: Bool, answers: Bool) {
      abilities.wantsArgumentText = false
      let objects = says(messages)
      if objects.calls, !objects.isPython { return (true, objects.answers) }
      abilities.wantsArgumentText = true
      let texts = says(messages)
      if texts.calls { return (true, texts.answers) }
      abilities.wantsArgumentText = false
      return (objects.calls, objects.answers)
    }
    (abilities.hasCalls, abilities.hasToolAnswers) = probeCalls(answered)
    if !abilities.hasCalls {
      // Perhaps only the tool's answer is what it cannot take.
      abilities.hasCalls = probeCalls(called).calls
    }
  }

  /// What follows an answer, unless it is a token that ends generations anyway.
  private func ending(by tokenizer: any Tokenizer) -> String? {
    let messages = [
      ChatMessage(.user, Self.question), ChatMessage(.assistant, Self.answer),
      ChatMessage(.user, "Znext"),
    ]
    guard let text = sample(messages), let start = text.firstRange(of: Self.answer),
      let end = text[start.upperBound...].firstRange(of: "Znext")
    else { return nil }
    let line = text[start.upperBound..<end.lowerBound].drop(while: \.isWhitespace)
      .prefix { !$0.isNewline }
    guard let last = line.lastIndex(where: { !$0.isWhitespace }) else { return nil }
    var ending = String(line[...last])
    let vocabulary = tokenizer.vocabulary
    if let first = tokenizer.encode(ending, options: [.parseSpecial]).first,
      let piece = vocabulary.piece(of: first), ending.hasPrefix(piece),
      [.control, .userDefined, .unknown].contains(vocabulary.type(of: first))
    {
      if vocabulary.isEndOfGeneration(first) { return nil }
      ending = piece
    }
    return format.messageEnds.contains { ending.hasPrefix($0) } ? nil : ending
  }
}
