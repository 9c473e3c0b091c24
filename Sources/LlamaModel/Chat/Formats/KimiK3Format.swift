/// Kimi K3: opened and closed elements, of which calls and their arguments are some.
public struct KimiK3Format: TagFormat {
  /// Creates the format.
  public init() {}

  /// The format's name.
  public var name: String { "kimi-k3" }

  /// Whether the template mentions the marks.
  public func matches(template: String) -> Bool { template.contains("<|end_of_msg|>") }

  /// The marks.
  public var syntax: TagSyntax {
    TagSyntax(
      reasoning: [("<|open|>think<|sep|>", "<|close|>think<|sep|>")],
      calls: [
        CallTag(
          begin: "<|open|>call tool=\"", ends: ["<|close|>call<|sep|>"],
          style: .named(separators: ["<|sep|>"]),
          notation: .elements(
            ArgumentElements(
              begin: "<|open|>argument key=\"", nameEnd: "\"", valueBegin: "<|sep|>",
              valueEnd: "<|close|>argument<|sep|>")),
          naming: { (String($0.prefix { $0 != "\"" }), "") })
      ],
      dropped: [
        "<|open|>response<|sep|>", "<|close|>response<|sep|>", "<|open|>tools<|sep|>",
        "<|close|>tools<|sep|>", "<|close|>message<|sep|>", "<|end_of_msg|>",
      ])
  }
}
