/// Granite 3 and Phi 4 mini: a JSON list after a mark.
public struct GraniteFormat: TagFormat {
  /// Creates the format.
  public init() {}

  /// The format's name.
  public var name: String { "granite" }

  /// Whether the template mentions the mark.
  public func matches(template: String) -> Bool { template.contains("<|tool_call|>") }

  /// The marks.
  public var syntax: TagSyntax {
    TagSyntax(
      reasoning: [
        ("<think>", "</think>"), ("Here is my thought process:", "Here is my response:"),
      ],
      calls: [
        CallTag(begin: "<|tool_call|>", ends: ["<|/tool_call|>"], style: .json),
        CallTag(begin: "<tool_call>", ends: ["</tool_call>"], style: .json),
      ],
      dropped: ["<response>", "</response>", "<|end_of_text|>", "<|end|>"])
  }
}
