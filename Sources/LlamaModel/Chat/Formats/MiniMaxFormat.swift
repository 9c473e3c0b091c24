/// MiniMax M2: an element for every call and every argument.
public struct MiniMaxFormat: TagFormat {
  /// Creates the format.
  public init() {}

  /// The format's name.
  public var name: String { "minimax" }

  /// Whether the template mentions the tag.
  public func matches(template: String) -> Bool { template.contains("<minimax:tool_call>") }

  /// The marks.
  public var syntax: TagSyntax {
    TagSyntax(
      calls: [
        CallTag(
          begin: "<invoke name=\"", ends: ["</invoke>"], style: .named(separators: ["\">"]),
          notation: .elements(.named()))
      ],
      dropped: ["<minimax:tool_call>", "</minimax:tool_call>", "[e~["])
  }
}
