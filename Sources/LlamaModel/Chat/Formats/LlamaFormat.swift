/// Llama 3.1 and later: calls are bare JSON objects or lists as Python has them, or either of them after
/// `<|python_tag|>`.
public struct LlamaFormat: TagFormat {
  /// Creates the format.
  public init() {}

  /// The format's name.
  public var name: String { "llama" }

  /// Whether the template has Llama 3's headers.
  public func matches(template: String) -> Bool { template.contains("<|start_header_id|>") }

  /// The marks.
  public var syntax: TagSyntax {
    TagSyntax(
      calls: [
        CallTag(
          begin: "<|python_tag|>", ends: ["<|eom_id|>", "<|eot_id|>"], style: .python,
          naming: { ($0.hasSuffix(".call") ? String($0.dropLast(5)) : $0, "") }),
        CallTag(
          begin: "<function=", ends: ["</function>"], style: .named(separators: [">"]),
          notation: .elements(.qwen)),
      ],
      dropped: ["<|eot_id|>", "<|eom_id|>", "<|end_of_text|>"], bareCalls: [.json, .python])
  }
}
