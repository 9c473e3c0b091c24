/// Llama 4: lists of calls as Python has them, or JSON.
public struct Llama4Format: TagFormat {
  /// Creates the format.
  public init() {}

  /// The format's name.
  public var name: String { "llama-4" }

  /// Whether the template has the marks of turns or of code.
  public func matches(template: String) -> Bool {
    template.contains("<|header_start|>") || template.contains("<|python_start|>")
  }

  /// The marks.
  public var syntax: TagSyntax {
    TagSyntax(
      calls: [CallTag(begin: "<|python_start|>", ends: ["<|python_end|>"], style: .python)],
      dropped: ["<|eot|>", "<|eom|>"], bareCalls: [.json, .python])
  }
}
