/// Apertus: a JSON list of objects whose only keys are names.
public struct ApertusFormat: TagFormat {
  /// Creates the format.
  public init() {}

  /// The format's name.
  public var name: String { "apertus" }

  /// Whether the template mentions the marks.
  public func matches(template: String) -> Bool { template.contains("<|tools_prefix|>") }

  /// The marks.
  public var syntax: TagSyntax {
    TagSyntax(
      reasoning: [("<|inner_prefix|>", "<|inner_suffix|>"), ("<think>", "</think>")],
      calls: [CallTag(begin: "<|tools_prefix|>", ends: ["<|tools_suffix|>"], style: .keyed)],
      dropped: ["<|assistant_end|>"])
  }
}
