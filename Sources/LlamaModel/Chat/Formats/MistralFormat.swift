/// Mistral: `[TOOL_CALLS]` and a JSON list, or in newer models a name, `[ARGS]` and the arguments for
/// each call.
public struct MistralFormat: TagFormat {
  /// Creates the format.
  public init() {}

  /// The format's name.
  public var name: String { "mistral" }

  /// Whether the template mentions the mark.
  public func matches(template: String) -> Bool { template.contains("[TOOL_CALLS]") }

  /// The marks.
  public var syntax: TagSyntax {
    TagSyntax(
      reasoning: [("[THINK]", "[/THINK]"), ("<think>", "</think>")],
      calls: [
        CallTag(
          begin: "[TOOL_CALLS]", ends: ["</s>"], style: .jsonOrNamed(separators: ["[ARGS]"]),
          idSeparator: "[CALL_ID]")
      ])
  }
}
