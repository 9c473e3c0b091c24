/// OLMo 3: calls as Python has them, a line each, between tags.
public struct OLMoFormat: TagFormat {
  /// Creates the format.
  public init() {}

  /// The format's name.
  public var name: String { "olmo" }

  /// Whether the template mentions the tag.
  public func matches(template: String) -> Bool { template.contains("<function_calls>") }

  /// The marks.
  public var syntax: TagSyntax {
    TagSyntax(
      calls: [CallTag(begin: "<function_calls>", ends: ["</function_calls>"], style: .python)],
      dropped: ["<|im_end|>"])
  }
}
