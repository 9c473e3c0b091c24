/// GLM 4.5 and later, Ling, Laguna, and Hunyuan with a suffix of its own: a name, and pairs of keys and
/// values.
public struct GLMFormat: TagFormat {
  /// Creates the format.
  public init() {}

  /// The format's name.
  public var name: String { "glm" }

  /// Whether the template has pairs.
  public func matches(template: String) -> Bool {
    template.contains("<arg_key") || template.contains("<arg_key{}>")
  }

  /// The marks.
  public var syntax: TagSyntax {
    TagSyntax(
      reasoning: [("<think>", "</think>"), ("<think:opensource>", "</think:opensource>")],
      calls: ["", ":opensource"].map { suffix in
        CallTag(
          begin: "<tool_call\(suffix)>", ends: ["</tool_call\(suffix)>"],
          style: .jsonOrNamed(separators: ["<tool_sep\(suffix)>", "\n"]),
          notation: .elements(.pairs(suffix: suffix)))
      },
      dropped: [
        "<tool_calls:opensource>", "</tool_calls:opensource>", "<|observation|>", "<|user|>",
        "<|role_end|>", "</assistant>",
      ])
  }
}
