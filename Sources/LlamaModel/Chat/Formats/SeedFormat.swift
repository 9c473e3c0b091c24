/// Seed-OSS: as Qwen 3 Coder, with tags of its own around it.
public struct SeedFormat: TagFormat {
  /// Creates the format.
  public init() {}

  /// The format's name.
  public var name: String { "seed" }

  /// Whether the template mentions the tag.
  public func matches(template: String) -> Bool { template.contains("<seed:tool_call>") }

  /// The marks.
  public var syntax: TagSyntax {
    TagSyntax(
      reasoning: [("<seed:think>", "</seed:think>")],
      calls: [
        CallTag(
          begin: "<function=", ends: ["</function>"], style: .named(separators: [">"]),
          notation: .elements(.qwen))
      ],
      dropped: ["<seed:tool_call>", "</seed:tool_call>", "<seed:eos>"])
  }
}
