/// Nemotron Nano 2: a JSON list between tags.
public struct NemotronFormat: TagFormat {
  /// Creates the format.
  public init() {}

  /// The format's name.
  public var name: String { "nemotron" }

  /// Whether the template mentions the tag.
  public func matches(template: String) -> Bool { template.contains("<TOOLCALL>") }

  /// The marks.
  public var syntax: TagSyntax {
    TagSyntax(
      calls: [CallTag(begin: "<TOOLCALL>", ends: ["</TOOLCALL>"], style: .json)],
      dropped: ["<SPECIAL_12>"])
  }
}
