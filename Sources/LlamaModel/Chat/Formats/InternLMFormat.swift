/// InternLM 2 and 3: a JSON object between marks for actions.
public struct InternLMFormat: TagFormat {
  /// Creates the format.
  public init() {}

  /// The format's name.
  public var name: String { "internlm" }

  /// Whether the template mentions the marks.
  public func matches(template: String) -> Bool { template.contains("<|action_start|>") }

  /// The marks.
  public var syntax: TagSyntax {
    TagSyntax(
      calls: [
        CallTag(begin: "<|action_start|><|plugin|>", ends: ["<|action_end|>"], style: .json),
        CallTag(begin: "<|action_start|>", ends: ["<|action_end|>"], style: .json),
      ],
      dropped: ["<|im_end|>"])
  }
}
