/// LFM2: calls as Python has them, or JSON, between marks.
public struct LFM2Format: TagFormat {
  /// Creates the format.
  public init() {}

  /// The format's name.
  public var name: String { "lfm2" }

  /// Whether the template mentions the marks, or the list of tools where it does not.
  public func matches(template: String) -> Bool {
    template.contains("<|tool_call_start|>") || template.contains("<|tool_list_start|>")
  }

  /// The marks.
  public var syntax: TagSyntax {
    TagSyntax(
      calls: [CallTag(begin: "<|tool_call_start|>", ends: ["<|tool_call_end|>"], style: .python)],
      dropped: ["<|im_end|>"])
  }
}
