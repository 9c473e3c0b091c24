import ChatTemplate
import GGUFKit
import LlamaModel
import TestSupport
import Testing

/// What templates lack is made up for, and what they know is used.
@Suite struct ConversationTemplateTests {
  private static let tool = ToolDefinition(
    name: "weather", description: "Tells the weather.",
    parameters: ["type": "object", "properties": ["city": ["type": "string"]]])
  private static let call = ToolCall(
    id: "call00000", name: "weather", arguments: #"{"city": "Rome"}"#)
  private static let chat = [
    ChatMessage(.system, "Be kind."), ChatMessage(.user, "Warm?"),
    ChatMessage(.assistant, "", toolCalls: [call]), .toolAnswer("30 degrees", to: call),
  ]

  private static func template(
    _ source: String, toolUse: String? = nil, pieces: [String] = []
  ) throws -> ConversationTemplate {
    let vocabulary = try Vocabulary.byteFallback(pieces: [], controlPieces: pieces)
    return try ConversationTemplate(
      source, toolUse: toolUse,
      tokenizer: TokenizerRegistry.makeTokenizer(vocabulary: vocabulary))
  }

  @Test("Instructions that a template refuses or drops precede the first question")
  func instructions() throws {
    for refusal in ["{{- raise_exception('no') }}", "{%- continue %}"] {
      let template = try Self.template(
        "{%- for m in messages %}{%- if m.role == 'system' %}\(refusal){%- endif %}"
          + "{{- '[' + m.role + ']' + m.content }}{%- endfor %}")
      let text = try template.prompt(for: Array(Self.chat.prefix(2))).text
      #expect(text == "[user]Be kind.\n\nWarm?")
    }
  }

  @Test("Tools, calls and answers that a template does not know are put in words")
  func tools() throws {
    let template = try Self.template(
      "{%- for m in messages %}{%- if m.role == 'tool' %}{{- raise_exception('no') }}{%- endif %}"
        + "{{- '[' + m.role + ']' + m.content }}{%- endfor %}")
    let prompt = try template.prompt(for: Self.chat, tools: [Self.tool])
    #expect(prompt.text.hasPrefix("[system]Be kind.\n\n"))
    #expect(prompt.text.contains(#""name": "weather""#))
    #expect(
      prompt.text.hasSuffix(
        "[user]Warm?[assistant]<tool_call>\n{\"name\": \"weather\", "
          + "\"arguments\": {\"city\": \"Rome\"}}\n</tool_call>"
          + "[user]<tool_response>\n30 degrees\n</tool_response>"))
    #expect(prompt.format.name == "hermes")
    let answer = prompt.format.parse(
      #"<tool_call>{"name": "weather", "arguments": {}}</tool_call>"#)
    #expect(answer.toolCalls.map(\.name) == ["weather"])
  }

  @Test("Arguments are objects, or texts where a template joins them with text")
  func arguments() throws {
    let text = try Self.template(
      "{%- for m in messages %}{{- m.content }}{%- for c in m.tool_calls or [] %}"
        + "{{- c.function.name + c.function.arguments }}{%- endfor %}{%- endfor %}{{ tools }}")
    #expect(
      try text.prompt(for: Self.chat, tools: [Self.tool]).text.contains(
        #"weather{"city": "Rome"}30 degrees"#))
    let object = try Self.template(
      "{%- for m in messages %}{{- m.content }}{%- for c in m.tool_calls or [] %}"
        + "{{- c.function.name }}{%- for k, v in c.function.arguments | items %}{{- k ~ '=' ~ v }}"
        + "{%- endfor %}{%- endfor %}{%- endfor %}{{ tools }}")
    #expect(
      try object.prompt(for: Self.chat, tools: [Self.tool]).text.contains("weathercity=Rome30"))
  }

  @Test("Texts are lists of parts for templates that want such")
  func parts() throws {
    let template = try Self.template(
      "{%- for m in messages %}{%- for p in m.content %}{%- if p.type == 'text' %}{{- p.text }}"
        + "{%- endif %}{%- endfor %}{%- endfor %}")
    #expect(try template.prompt(for: [ChatMessage(.user, "Warm?")]).text == "Warm?")
  }

  @Test("Chats with tools use the template for them")
  func toolUse() throws {
    let template = try Self.template(
      "{{- messages[0].content }}", toolUse: "{{- messages[0].content + tools[0].function.name }}")
    let message = [ChatMessage(.user, "Hi ")]
    #expect(try template.prompt(for: message).text == "Hi ")
    #expect(try template.prompt(for: message, tools: [Self.tool]).text == "Hi weather")
  }

  @Test("The token that starts a text is there once, whether the template writes it or not")
  func beginning() throws {
    for source in ["{{ bos_token }}{{ messages[0].content }}", "{{ messages[0].content }}"] {
      let tokens = try Self.template(source).prompt(for: [ChatMessage(.user, "Hi")]).tokens
      #expect(tokens.filter { $0 == 1 }.count == 1)
      #expect(tokens.first == 1)
    }
  }

  @Test("Thinking is switched by the variables that templates know")
  func reasoning() throws {
    let template = try Self.template(
      "{{ enable_thinking | default('unset') }} {{ reasoning_effort | default('unset') }}"
        + "{{ messages[0].content }}{{ more }}")
    var options = ChatOptions()
    options.variables["more"] = "!"
    func text(_ effort: ReasoningEffort) throws -> String {
      options.reasoning = effort
      return try template.prompt(for: [ChatMessage(.user, "")], options: options).text
    }
    #expect(try text(.automatic) == "unset unset!")
    #expect(try text(.off) == "False unset!")
    #expect(try text(.high) == "True high!")
    let effort = try Self.template("{{ reasoning_effort }}{{ messages[0].content }}")
    options.reasoning = .off
    #expect(try effort.prompt(for: [ChatMessage(.user, "")], options: options).text == "none")
  }

  @Test(
    "A vocabulary without a template has one by its marks",
    arguments: [
      (["<|im_start|>", "<|im_end|>"], "chatml", "<|im_start|>user\nHi<|im_end|>\n"),
      (
        ["<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"], "llama-3",
        "<|start_header_id|>user<|end_header_id|>\n\nHi<|eot_id|>"
      ),
      (["<start_of_turn>", "<end_of_turn>"], "gemma", "<start_of_turn>user\nHi<end_of_turn>\n"),
      (["[INST]", "[/INST]"], "mistral", "[INST]Hi[/INST]"),
      (["<|user|>", "<|assistant|>", "<|end|>"], "phi", "<|user|>\nHi<|end|>\n"),
      (["<|user|>", "<|assistant|>"], "zephyr", "<|user|>\nHi</s>\n"),
      (["<｜User｜>", "<｜Assistant｜>"], "deepseek", "<｜User｜>Hi<｜Assistant｜>"),
      (["<|turn>", "<turn|>"], "gemma-4", "<|turn>user\nHi<turn|>\n<|turn>model\n"),
      (
        ["<|start|>", "<|message|>", "<|channel|>"], "harmony", "<|start|>user<|message|>Hi<|end|>"
      ),
      (
        ["<|START_OF_TURN_TOKEN|>", "<|CHATBOT_TOKEN|>"], "command-r",
        "<|START_OF_TURN_TOKEN|><|USER_TOKEN|>Hi<|END_OF_TURN_TOKEN|>"
      ),
      (
        ["<|start_of_role|>", "<|end_of_role|>"], "granite",
        "<|start_of_role|>user<|end_of_role|>Hi<|end_of_text|>\n"
      ),
      (["[gMASK]", "<|user|>", "<|assistant|>"], "glm-4", "[gMASK]<sop><|user|>\nHi"),
      (
        ["<|header_start|>", "<|header_end|>", "<|eot|>"], "llama-4",
        "<|header_start|>user<|header_end|>\n\nHi<|eot|>"
      ),
    ] as [([String], String, String)])
  func builtIn(marks: [String], family: String, text: String) throws {
    let vocabulary = try Vocabulary.byteFallback(pieces: [], controlPieces: marks)
    let template = try ConversationTemplate(
      metadata: [:], tokenizer: TokenizerRegistry.makeTokenizer(vocabulary: vocabulary))
    #expect(template.origin == .recognized(family: family))
    let chat = [
      ChatMessage(.system, "Be kind."), ChatMessage(.user, "Hi"), ChatMessage(.assistant, "Yes"),
      ChatMessage(.user, "Why?"),
    ]
    #expect(try template.prompt(for: [chat[1]]).text.contains(text))
    let whole = try template.prompt(for: chat).text
    let places = try chat.map { try #require(whole.firstRange(of: $0.content)).lowerBound }
    #expect(places == places.sorted())
  }

  @Test("Without marks it is a dialogue, which the next question ends")
  func dialogue() throws {
    let vocabulary = try Vocabulary.byteFallback(pieces: [])
    let template = try ConversationTemplate(
      metadata: [:], tokenizer: TokenizerRegistry.makeTokenizer(vocabulary: vocabulary))
    #expect(template.origin == .plain)
    let prompt = try template.prompt(for: [ChatMessage(.user, "Hi")])
    #expect(prompt.text == "User: Hi\nAssistant:")
    #expect(prompt.stop == ["User:"])
  }

  @Test(
    "Every template of the fixtures takes a whole chat with tools, and loses nothing of it",
    .enabled(if: Fixtures.isAvailable, .init(rawValue: Fixtures.missing)))
  func fixtures() throws {
    struct File: Decodable { var template: String }
    // Some say the instructions only before the last question.
    let chat = Self.chat + [ChatMessage(.assistant, "Yes."), ChatMessage(.user, "Sure?")]
    for url in try Fixtures.files(in: "templates") {
      let file = try Fixtures.json("templates/\(url)", as: File.self)
      let template = try Self.template(file.template)
      for tools in [[], [Self.tool]] {
        let text: String
        do {
          text = try template.prompt(for: chat, tools: tools).text
        } catch {
          Issue.record("\(url): \(error)")
          continue
        }
        for word in ["Be kind.", "Warm?", "weather", "Rome", "30 degrees", "Yes.", "Sure?"] {
          #expect(text.contains(word), "\(url), \(tools.count) tools: \(word) is lost")
        }
      }
    }
  }
}
