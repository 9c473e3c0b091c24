/// For templates that say nothing about calls: thinking, and the commonest tags.
public struct GenericFormat: ChatFormat {
  /// Creates the format.
  public init() {}

  /// The format's name.
  public var name: String { "generic" }

  /// Takes any template.
  public func matches(template: String) -> Bool { true }

  /// A parser for one answer.
  public func makeParser(prompt: String) -> any ChatParser {
    TagParser(
      TagSyntax(calls: [
        CallTag(begin: "<tool_call>", ends: ["</tool_call>"], style: .json),
        CallTag(begin: "<function=", ends: ["</function>"], style: .named(separators: [">"])),
      ]),
      prompt: prompt)
  }
}
