/// OpenAI's harmony, as gpt-oss writes it: messages with channels and recipients.
public struct HarmonyFormat: ChatFormat {
  /// Creates the format.
  public init() {}

  /// The format's name.
  public var name: String { "harmony" }

  /// Whether the template has channels.
  public func matches(template: String) -> Bool {
    template.contains("<|channel|>") && template.contains("<|message|>")
  }

  /// The marks around messages and in their headers.
  public var marks: [String] { HarmonyParser.marks }

  /// An answer may be several messages: thinking, remarks, calls.
  public var messageEnds: [String] { ["<|end|>"] }

  /// A parser for one answer.
  public func makeParser(prompt: String, tools: [ToolDefinition]) -> any ChatParser {
    HarmonyParser(prompt: prompt)
  }
}

private struct HarmonyParser: ChatParser {
  private enum State {
    /// The header of a message so far.
    case header(String)
    case text, reasoning, call
  }

  static let marks = [
    "<|start|>", "<|channel|>", "<|message|>", "<|end|>", "<|return|>", "<|call|>",
    "<|constrain|>",
  ]

  private var scanner = MarkerScanner()
  private var sink = EventSink()
  private var state: State
  /// Whether no mark has come, so that what stands for a header may be text.
  private var isAtStart = true
  /// Text that is longer than any header.
  private static let maximumHeader = 80

  init(prompt: String) { state = prompt.hasSuffix("<|start|>assistant") ? .header("") : .text }

  mutating func append(_ text: String) -> [ChatEvent] {
    scanner.append(text)
    while let result = scanner.next(Self.marks) {
      switch result {
      case .text(let text): add(text)
      case .marker(let index): mark(Self.marks[index])
      }
    }
    return sink.take()
  }

  mutating func finish() -> [ChatEvent] {
    add(scanner.rest())
    if case .header(let header) = state { sink.text(header) }
    if case .call = state { sink.endCall() }
    state = .text
    sink.finish()
    return sink.take()
  }

  private mutating func add(_ text: String) {
    switch state {
    case .header(let header):
      if isAtStart, header.utf8.count + text.utf8.count > Self.maximumHeader {
        sink.text(header + text)
        state = .text
      } else {
        state = .header(header + text)
      }
    case .text: sink.text(text)
    case .reasoning: sink.reasoning(text)
    case .call: sink.arguments(text)
    }
  }

  private mutating func mark(_ mark: String) {
    isAtStart = false
    if case .header(let header) = state {
      if mark == "<|message|>" {
        open(header)
      } else {
        state = .header(header + (mark == "<|constrain|>" ? " constrain=" : " "))
      }
      return
    }
    if case .call = state { sink.endCall() }
    sink.marker()
    state = mark == "<|start|>" || mark == "<|channel|>" ? .header("") : .text
  }

  /// Begins what the header announces: `analysis`, `final`, or `commentary to=functions.name`.
  private mutating func open(_ header: String) {
    let words = header.split(whereSeparator: \.isWhitespace)
    if let recipient = words.first(where: { $0.hasPrefix("to=") })?.dropFirst(3) {
      let prefix = "functions."
      sink.beginCall(
        name: String(recipient.hasPrefix(prefix) ? recipient.dropFirst(prefix.count) : recipient))
      state = .call
    } else {
      let known: Set<Substring> = ["analysis", "commentary", "final", "assistant"]
      // What is no header is kept.
      if !words.allSatisfy({ known.contains($0) || $0.hasPrefix("constrain=") }) {
        sink.text(header)
      }
      state = words.contains("analysis") ? .reasoning : .text
    }
  }
}
