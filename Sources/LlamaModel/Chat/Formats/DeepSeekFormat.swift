/// DeepSeek R1, V3 and V3.1: the name, a separator and the arguments, which R1 and V3 fence as code.
public struct DeepSeekFormat: TagFormat {
  /// Creates the format.
  public init() {}

  /// The format's name.
  public var name: String { "deepseek" }

  /// Whether the template mentions the marks.
  public func matches(template: String) -> Bool { template.contains("<｜tool▁call▁begin｜>") }

  /// The marks.
  public var syntax: TagSyntax {
    TagSyntax(
      calls: [
        CallTag(
          begin: "<｜tool▁call▁begin｜>",
          ends: ["\n```<｜tool▁call▁end｜>", "```<｜tool▁call▁end｜>", "<｜tool▁call▁end｜>"],
          style: .named(separators: ["<｜tool▁sep｜>"]), kindWord: "function")
      ],
      dropped: [
        "<｜tool▁calls▁begin｜>", "<｜tool▁calls▁end｜>", "<｜end▁of▁sentence｜>",
      ])
  }
}
