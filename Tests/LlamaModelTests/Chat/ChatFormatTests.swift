import LlamaModel
import TestSupport
import Testing

/// What models write, in parts: whole, in every split, cut short and malformed.
@Suite struct ChatFormatTests {
  static let answers = FormatAnswer.all

  private static func parse(_ pieces: [String], _ answer: FormatAnswer) -> ChatMessage {
    var parser = answer.format.makeParser(prompt: answer.prompt, tools: FormatAnswer.tools)
    return ChatMessage(pieces.flatMap { parser.append($0) } + parser.finish())
  }

  @Test(arguments: answers)
  func whole(_ answer: FormatAnswer) {
    #expect(
      answer.format.parse(
        answer.text, prompt: answer.prompt, tools: FormatAnswer.tools) == answer.expected)
  }

  @Test(arguments: answers)
  func inEverySplit(_ answer: FormatAnswer) {
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
  func cutShort(_ answer: FormatAnswer) {
    let scalars = Array(answer.text.unicodeScalars)
    for count in 0..<scalars.count {
      var view = String.UnicodeScalarView()
      view.append(contentsOf: scalars[..<count])
      var parser = answer.format.makeParser(prompt: answer.prompt, tools: FormatAnswer.tools)
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
      "<arg_key>", "</arg_key>", "<arg_value>", "</arg_value>", "<invoke name=\"", "\">",
      "<parameter name=\"", "</parameter>", "</invoke>", "<TOOLCALL>", "</TOOLCALL>", "(", ")", "=",
      "<|tool_call_start|>", "<|tool_call_end|>", "<|start|>", "<|eom|>", "to=self", "to=x",
      "<|tool_call_begin|>", "<|tool_call_argument_begin|>", "<|tool_call_end|>", "<|sep|>",
      "<|open|>call tool=\"", "<|close|>call<|sep|>", "<atem:invoke name=\"", "</atem:invoke>",
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
      ("microsoft-Phi-3.5-mini-instruct", "generic"), ("Apertus-8B-Instruct", "apertus"),
      ("Cohere2MoE", "cohere"), ("GLM-4.7-Flash", "glm"), ("GigaChat3.1-10B-A1.8B", "gigachat"),
      ("CohereForAI-c4ai-command-r7b-12-2024-tool_use", "cohere"), ("Kimi-K2-Instruct", "kimi"),
      ("Kimi-K3", "kimi-k3"), ("LFM2.5-8B-A1B", "lfm2"), ("MiMo-VL", "hermes"),
      ("MiniMax-M2", "minimax"), ("NVIDIA-Nemotron-Nano-v2", "nemotron"),
      ("StepFun3.5-Flash", "hermes"), ("deepseek-ai-DeepSeek-V3.2", "deepseek-v3.2"),
      ("deepseek-ai-DeepSeek-V4", "deepseek-v3.2"), ("ibm-granite-granite-4.0", "hermes"),
      ("inclusionai-ling-3.0-flash", "glm"), ("muse-glimmer", "muse"),
      ("openbmb-MiniCPM5-1B", "minicpm"), ("poolside-Laguna-XS-2.1", "glm"),
      ("tencent-Hy3", "glm"), ("unsloth-mistral-Devstral-Small-2507", "mistral"),
    ])
  func detection(_ template: String, _ name: String) throws {
    struct File: Decodable { var template: String }
    let file = try Fixtures.json("templates/\(template).json", as: File.self)
    #expect(ChatFormatRegistry.format(forTemplate: file.template).name == name)
  }
}
