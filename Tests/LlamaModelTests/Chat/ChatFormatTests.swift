import LlamaModel
import TestSupport
import Testing

/// What models write, in parts: whole, in every split, cut short and malformed.
@Suite struct ChatFormatTests {
  struct Answer: Sendable, CustomTestStringConvertible {
    var format: any ChatFormat
    var text: String
    var expected: ChatMessage
    var prompt = ""

    var testDescription: String { format.name }
  }

  private static func said(
    _ content: String = "", reasoning: String = "", calls: ToolCall...
  ) -> ChatMessage {
    ChatMessage(.assistant, content, reasoning: reasoning, toolCalls: calls)
  }

  private static let arguments = #"{"city": "Zürich", "days": 2, "deep": {"a": ["}", "\"]"]}}"#
  private static let weather = ToolCall(name: "get_weather", arguments: arguments)
  private static let time = ToolCall(name: "get_time", arguments: "{}")

  static let answers: [Answer] = [
    Answer(format: GenericFormat(), text: "Just text.\n", expected: said("Just text.\n")),
    Answer(
      format: GenericFormat(), text: "<think>\nHm, 1 < 2.\n</think>\n\nYes.",
      expected: said("Yes.", reasoning: "Hm, 1 < 2.")),
    Answer(
      format: GenericFormat(), text: "Hm.\n</think>\n\nYes.",
      expected: said("Yes.", reasoning: "Hm."), prompt: "<|im_start|>assistant\n<think>\n"),
    Answer(format: GenericFormat(), text: "a <b> c < d <", expected: said("a <b> c < d <")),
    Answer(
      format: HermesFormat(),
      text: "Let me see.\n<tool_call>\n{\"name\": \"get_weather\", \"arguments\": \(arguments)}\n"
        + "</tool_call>\n<tool_call>\n{\"arguments\": {}, \"name\": \"get_time\"}\n</tool_call>"
        + "<|im_end|>",
      expected: said("Let me see.", calls: weather, time)),
    Answer(
      format: HermesFormat(),
      text: "<tool_call>\n<function=get_weather>\n<parameter=city>\nZürich\n</parameter>\n"
        + "<parameter=days>\n2\n</parameter>\n</function>\n</tool_call>",
      expected: said(
        calls: ToolCall(name: "get_weather", arguments: #"{"city": "Zürich", "days": 2}"#))),
    Answer(
      format: HermesFormat(), text: "<tool_call>no call</tool_call> but text",
      expected: said("no callbut text")),
    Answer(
      format: HermesFormat(),
      text: #"<tool_call>{"name": "f", "arguments": "{\"a\": 1}"}</tool_call>"#,
      expected: said(calls: ToolCall(name: "f", arguments: #"{"a": 1}"#))),
    Answer(
      format: LlamaFormat(), text: "{\"name\": \"get_weather\", \"parameters\": \(arguments)}",
      expected: said(calls: weather)),
    Answer(
      format: LlamaFormat(),
      text: "{\"type\": \"function\", \"name\": \"get_weather\", \"parameters\": \(arguments)}; "
        + "{\"name\": \"get_time\", \"parameters\": {}}<|eom_id|>",
      expected: said(calls: weather, time)),
    Answer(
      format: LlamaFormat(),
      text: "<|python_tag|>{\"name\": \"get_time\", \"parameters\": {}}<|eom_id|>",
      expected: said(calls: time)),
    Answer(
      format: LlamaFormat(), text: "<function=get_time>{}</function><|eom_id|>",
      expected: said(calls: time)),
    Answer(
      format: LlamaFormat(), text: #"{"answer": 4, "name": "x"}"#,
      expected: said(#"{"answer": 4, "name": "x"}"#)),
    Answer(
      format: LlamaFormat(), text: "It is {\"name\": 1}.", expected: said("It is {\"name\": 1}.")),
    Answer(
      format: MistralFormat(),
      text: "[TOOL_CALLS][{\"name\": \"get_weather\", \"arguments\": \(arguments), \"id\": \"a\"}, "
        + "{\"id\": \"abc\", \"name\": \"get_time\", \"arguments\": {}}]</s>",
      expected: said(calls: weather, ToolCall(id: "abc", name: "get_time", arguments: "{}"))),
    Answer(
      format: MistralFormat(),
      text:
        "Yes.[TOOL_CALLS]get_weather[CALL_ID]abc[ARGS]\(arguments)[TOOL_CALLS]get_time[ARGS]{}</s>",
      expected: said(
        "Yes.", calls: ToolCall(id: "abc", name: "get_weather", arguments: arguments), time)),
    Answer(
      format: MistralFormat(), text: "[THINK]Hm.[/THINK]Yes.",
      expected: said("Yes.", reasoning: "Hm.")),
    Answer(
      format: DeepSeekFormat(),
      text:
        "Hm.</think>One.<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>get_weather\n"
        + "```json\n\(arguments)\n```<｜tool▁call▁end｜>\n<｜tool▁call▁begin｜>function<｜tool▁sep｜>"
        + "get_time\n```json\n{}\n```<｜tool▁call▁end｜><｜tool▁calls▁end｜>",
      expected: said("One.", reasoning: "Hm.", calls: weather, time), prompt: "<think>\n"),
    Answer(
      format: DeepSeekFormat(),
      text: "<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>get_weather<｜tool▁sep｜>\(arguments)"
        + "<｜tool▁call▁end｜><｜tool▁call▁begin｜>get_time<｜tool▁sep｜>{}<｜tool▁call▁end｜>"
        + "<｜tool▁calls▁end｜><｜end▁of▁sentence｜>",
      expected: said(calls: weather, time)),
    Answer(
      format: GemmaFormat(),
      text:
        "<|channel>thought\nHm.<channel|>Yes.<|tool_call>call:get_weather{city:<|\"|>Zürich<|\"|>,"
        + "days:2,deep:{a:[<|\"|>}<|\"|>,true]}}<tool_call|><|tool_call>call:get_time{}<tool_call|>",
      expected: said(
        "Yes.", reasoning: "Hm.",
        calls: ToolCall(
          name: "get_weather",
          arguments: #"{"city": "Zürich", "days": 2, "deep": {"a": ["}", true]}}"#), time)),
    Answer(
      format: GemmaFormat(),
      text: "<start_function_call>call:f{a:<escape>x<escape>}<end_function_call>",
      expected: said(calls: ToolCall(name: "f", arguments: #"{"a": "x"}"#))),
    Answer(
      format: FunctionaryFormat(), text: "all\nText.>>>get_weather\n\(arguments)>>>get_time\n{}",
      expected: said("Text.", calls: weather, time), prompt: "assistant<|end_header_id|>\n\n>>>"),
    Answer(
      format: HarmonyFormat(),
      text: "<|channel|>analysis<|message|>Hm.<|end|><|start|>assistant<|channel|>commentary "
        + "to=functions.get_weather <|constrain|>json<|message|>\(arguments)<|call|>"
        + "<|start|>assistant to=functions.get_time<|channel|>commentary<|message|>{}<|call|>"
        + "<|start|>assistant<|channel|>final<|message|>Yes.<|return|>",
      expected: said("Yes.", reasoning: "Hm.", calls: weather, time)),
    Answer(
      format: HarmonyFormat(), text: "<|channel|>commentary<|message|>First, I look.<|end|>",
      expected: said("First, I look.")),
    Answer(format: HarmonyFormat(), text: "No marks.", expected: said("No marks.")),
  ]

  private static func parse(_ pieces: [String], _ answer: Answer) -> ChatMessage {
    var parser = answer.format.makeParser(prompt: answer.prompt)
    return ChatMessage(pieces.flatMap { parser.append($0) } + parser.finish())
  }

  @Test(arguments: answers)
  func whole(_ answer: Answer) {
    #expect(answer.format.parse(answer.text, prompt: answer.prompt) == answer.expected)
  }

  @Test(arguments: answers)
  func inEverySplit(_ answer: Answer) {
    let scalars = Array(answer.text.unicodeScalars)
    func text(_ range: Range<Int>) -> String {
      var view = String.UnicodeScalarView()
      view.append(contentsOf: scalars[range])
      return String(view)
    }
    for cut in 0...scalars.count {
      let pieces = [text(0..<cut), text(cut..<scalars.count)]
      #expect(Self.parse(pieces, answer) == answer.expected, "cut at \(cut)")
    }
    let single = scalars.indices.map { text($0..<$0 + 1) }
    #expect(Self.parse(single, answer) == answer.expected)
  }

  /// Every beginning of an answer is an answer: the calls that are there begin and end, and what has
  /// been said stays said.
  @Test(arguments: answers)
  func cutShort(_ answer: Answer) {
    let scalars = Array(answer.text.unicodeScalars)
    for count in 0..<scalars.count {
      var view = String.UnicodeScalarView()
      view.append(contentsOf: scalars[..<count])
      var parser = answer.format.makeParser(prompt: answer.prompt)
      let events = parser.append(String(view)) + parser.finish()
      var open: Int?
      for event in events {
        switch event {
        case .toolCallBegin(let index, _, _):
          #expect(open == nil)
          open = index
        case .toolCallArguments(let index, _): #expect(open == index)
        case .toolCallEnd(let index):
          #expect(open == index)
          open = nil
        case .text, .reasoning: #expect(open == nil)
        }
      }
      #expect(open == nil, "cut at \(count)")
    }
  }

  /// Random pieces of marks and text: no crash, and no letter is lost that is in no mark.
  @Test(arguments: ChatFormatRegistry.formats.map(\.name))
  func malformed(_ name: String) throws {
    let format = try #require(ChatFormatRegistry.formats.first { $0.name == name })
    let pieces = [
      "<tool_call>", "</tool_call>", "<think>", "</think>", "{\"name\": \"N\"", "\"arguments\":",
      "{",
      "}", "[", "]", ",", "\"", "[TOOL_CALLS]", "[ARGS]", ">>>", "\n", "Q", "Q Q", "<|channel|>",
      "<|message|>", "<|call|>", "<｜tool▁call▁begin｜>", "<｜tool▁sep｜>", "<｜tool▁call▁end｜>",
      "<|tool_call>call:", "<tool_call|>", "<function=", "</function>", "<|python_tag|>", ";", "\\",
    ]
    let seed: UInt64 = 5
    var random = SeededRandom(seed: seed)
    for _ in 0..<300 {
      let answer = (0..<Int.random(in: 1...12, using: &random)).map { _ in
        pieces.randomElement(using: &random) ?? ""
      }
      var parser = format.makeParser(prompt: "")
      let events = answer.flatMap { parser.append($0) } + parser.finish()
      let message = ChatMessage(events)
      let kept =
        message.content + message.reasoning
        + message.toolCalls.map { $0.name + $0.arguments }.joined()
      let letters = answer.joined().filter { $0 == "Q" }.count
      #expect(
        kept.filter { $0 == "Q" }.count == letters, "seed \(seed): \(answer.joined()) → \(events)")
    }
  }

  @Test func argumentsComeAsTheyAreWritten() {
    var parser = HermesFormat().makeParser(prompt: "")
    var events = parser.append("Hi <tool_call>{\"name\": \"f\", \"arguments\": {\"a\"")
    #expect(
      events == [
        .text("Hi"), .toolCallBegin(index: 0, id: "", name: "f"),
        .toolCallArguments(index: 0, "{\"a\""),
      ])
    events = parser.append(": 1}}")
    #expect(
      events == [.toolCallArguments(index: 0, ": 1}"), .toolCallEnd(index: 0)])
  }

  @Test(
    .enabled(if: Fixtures.isAvailable, .init(rawValue: Fixtures.missing)),
    arguments: [
      ("meta-llama-Llama-3.2-3B-Instruct", "llama"), ("Qwen-Qwen2.5-7B-Instruct", "hermes"),
      ("Qwen3-Coder", "hermes"), ("mistralai-Mistral-Nemo-Instruct-2407", "mistral"),
      ("Mistral-Small-3.2-24B-Instruct-2506", "mistral"),
      ("deepseek-ai-DeepSeek-R1-Distill-Qwen-32B", "deepseek"),
      ("google-gemma-4-31B-it", "gemma"), ("google-gemma-2-2b-it", "gemma"),
      ("meetkai-functionary-medium-v3.2", "functionary"),
      ("microsoft-Phi-3.5-mini-instruct", "generic"),
    ])
  func detection(_ template: String, _ name: String) throws {
    struct File: Decodable { var template: String }
    let file = try Fixtures.json("templates/\(template).json", as: File.self)
    #expect(ChatFormatRegistry.format(forTemplate: file.template).name == name)
  }
}
