/// DeepSeek V3.2 and V4: elements with a mark of their own before their names.
public struct DeepSeekV32Format: TagFormat {
  /// Creates the format.
  public init() {}

  /// The format's name.
  public var name: String { "deepseek-v3.2" }

  /// Whether the template mentions the mark.
  public func matches(template: String) -> Bool { template.contains("｜DSML｜") }

  /// The marks.
  public var syntax: TagSyntax {
    TagSyntax(
      calls: [
        CallTag(
          begin: "<｜DSML｜invoke name=\"", ends: ["</｜DSML｜invoke>"],
          style: .named(separators: ["\">"]),
          notation: .elements(.named(prefix: "｜DSML｜")))
      ],
      dropped: [
        "<｜DSML｜function_calls>", "</｜DSML｜function_calls>", "<｜DSML｜tool_calls>",
        "</｜DSML｜tool_calls>", "<｜end▁of▁sentence｜>",
      ])
  }
}
