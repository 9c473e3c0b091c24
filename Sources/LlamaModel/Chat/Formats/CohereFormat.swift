/// Cohere Command R7B, Command A and later: JSON lists between marks for actions.
public struct CohereFormat: TagFormat {
  /// Creates the format.
  public init() {}

  /// The format's name.
  public var name: String { "cohere" }

  /// Whether the template mentions the marks.
  public func matches(template: String) -> Bool { template.contains("<|START_ACTION|>") }

  /// The marks.
  public var syntax: TagSyntax {
    TagSyntax(
      reasoning: [("<|START_THINKING|>", "<|END_THINKING|>")],
      calls: [CallTag(begin: "<|START_ACTION|>", ends: ["<|END_ACTION|>"], style: .json)],
      dropped: [
        "<|START_RESPONSE|>", "<|END_RESPONSE|>", "<|START_TEXT|>", "<|END_TEXT|>",
        "<|END_OF_TURN_TOKEN|>",
      ])
  }
}
