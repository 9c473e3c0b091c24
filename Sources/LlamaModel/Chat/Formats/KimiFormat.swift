/// Kimi K2: calls between marks, each with an id that holds the name.
public struct KimiFormat: TagFormat {
  /// Creates the format.
  public init() {}

  /// The format's name.
  public var name: String { "kimi" }

  /// Whether the template mentions the marks.
  public func matches(template: String) -> Bool { template.contains("<|tool_call_begin|>") }

  /// The marks.
  public var syntax: TagSyntax {
    TagSyntax(
      calls: [
        CallTag(
          begin: "<|tool_call_begin|>", ends: ["<|tool_call_end|>"],
          style: .named(separators: ["<|tool_call_argument_begin|>"]), naming: Self.naming)
      ],
      dropped: ["<|tool_calls_section_begin|>", "<|tool_calls_section_end|>", "<|im_end|>"])
  }

  /// `functions.name:0` is an id.
  @Sendable private static func naming(_ id: String) -> (name: String, id: String) {
    let prefix = "functions."
    var name = id.hasPrefix(prefix) ? id.dropFirst(prefix.count) : id[...]
    if let colon = name.lastIndex(of: ":"), name[colon...].dropFirst().allSatisfy(\.isNumber) {
      name = name[..<colon]
    }
    return (String(name), id)
  }
}
