/// GigaChat: a JSON object after a mark.
public struct GigaChatFormat: TagFormat {
  /// Creates the format.
  public init() {}

  /// The format's name.
  public var name: String { "gigachat" }

  /// Whether the template mentions the marks.
  public func matches(template: String) -> Bool { template.contains("<|message_sep|>") }

  /// The marks.
  public var syntax: TagSyntax {
    TagSyntax(
      calls: [CallTag(begin: "<|function_call|>", ends: [], style: .json)],
      dropped: ["<|message_sep|>"])
  }
}
