/// For templates that say nothing about calls: thinking, and the commonest tags.
public struct GenericFormat: TagFormat {
  /// Creates the format.
  public init() {}

  /// The format's name.
  public var name: String { "generic" }

  /// Takes any template.
  public func matches(template: String) -> Bool { true }

  /// The marks.
  public var syntax: TagSyntax {
    TagSyntax(calls: [
      CallTag(begin: "<tool_call>", ends: ["</tool_call>"], style: .json),
      CallTag(
        begin: "<function=", ends: ["</function>"], style: .named(separators: [">"]),
        notation: .elements(.qwen)),
    ])
  }
}
