/// Hermes, Qwen and the many that write as they do: JSON, or elements, within `<tool_call>`.
public struct HermesFormat: TagFormat {
  /// Creates the format.
  public init() {}

  /// The format's name.
  public var name: String { "hermes" }

  /// Whether the template mentions the tag.
  public func matches(template: String) -> Bool { template.contains("<tool_call>") }

  /// The marks.
  public var syntax: TagSyntax {
    TagSyntax(
      calls: [
        CallTag(begin: "<tool_call>", ends: ["</tool_call>"], style: .json),
        CallTag(
          begin: "<function=", ends: ["</function>"], style: .named(separators: [">"]),
          notation: .elements(.qwen)),
      ],
      dropped: ["<|im_end|>", "<|endoftext|>"])
  }
}
