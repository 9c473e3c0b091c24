/// Muse: messages with recipients, `self` for thinking, `user` for text, or a tool, whose calls are
/// elements.
public struct MuseFormat: ChatFormat {
  /// Creates the format.
  public init() {}

  /// The format's name.
  public var name: String { "muse" }

  /// Whether the template has the elements.
  public func matches(template: String) -> Bool { template.contains("<atem:") }

  /// The marks around messages and of calls.
  public var marks: [String] { MuseParser.marks + MuseParser.syntax.marks }

  /// An answer may be several messages: thinking, calls, text.
  public var messageEnds: [String] { ["<|eom|>"] }

  /// A parser for one answer.
  public func makeParser(prompt: String, tools: [ToolDefinition]) -> any ChatParser {
    MuseParser(prompt: prompt, tools: tools)
  }
}

private struct MuseParser: ChatParser {
  static let marks = ["<|start|>", "<|message|>", "<|eom|>", "<|eot|>"]
  static let syntax = TagSyntax(
    reasoning: [],
    calls: [
      CallTag(
        begin: "<atem:invoke name=\"", ends: ["</atem:invoke>"],
        style: .named(separators: ["\">"]), notation: .elements(.named(prefix: "atem:")))
    ],
    dropped: ["<atem:function_calls>", "</atem:function_calls>"])

  private var scanner = MarkerScanner()
  private var thinking = EventSink()
  /// Text, and the calls in it.
  private var body: TagParser
  /// The header of a message so far, nil within its text.
  private var header: String?
  private var isThinking = false

  init(prompt: String, tools: [ToolDefinition]) {
    body = TagParser(Self.syntax, prompt: "", tools: tools)
    header = prompt.hasSuffix("<|start|>assistant") ? "" : nil
  }

  mutating func append(_ text: String) -> [ChatEvent] {
    scanner.append(text)
    var events: [ChatEvent] = []
    while let result = scanner.next(Self.marks) {
      switch result {
      case .text(let text): events += add(text)
      case .marker(let index): events += mark(Self.marks[index])
      }
    }
    return events
  }

  mutating func finish() -> [ChatEvent] {
    let rest = add(scanner.rest())
    // A header without a message is none.
    let text = header.map { body.append($0) } ?? []
    return rest + text + body.finish()
  }

  private mutating func add(_ text: String) -> [ChatEvent] {
    if header != nil {
      header?.append(text)
      return []
    }
    guard isThinking else { return body.append(text) }
    thinking.reasoning(text)
    return thinking.take()
  }

  private mutating func mark(_ mark: String) -> [ChatEvent] {
    var events: [ChatEvent] = []
    if let header {
      let words = header.split(whereSeparator: \.isWhitespace)
      let isHeader =
        mark == "<|message|>" && words.allSatisfy { $0 == "assistant" || $0.hasPrefix("to=") }
      // What is no header is kept.
      if !isHeader { events = body.append(header) }
      isThinking = isHeader && words.contains("to=self")
      self.header = nil
    }
    if mark != "<|message|>" {
      header = mark == "<|start|>" ? "" : nil
      isThinking = false
    }
    body.mark()
    thinking.marker()
    return events
  }
}
