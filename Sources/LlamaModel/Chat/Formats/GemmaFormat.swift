/// Gemma 4 and FunctionGemma: `call:name{…}` with a notation of its own for the arguments.
public struct GemmaFormat: TagFormat {
  /// Creates the format.
  public init() {}

  /// The format's name.
  public var name: String { "gemma" }

  /// Whether the template has Gemma's turns or calls.
  public func matches(template: String) -> Bool {
    ["<|tool_call>", "<start_function_call>", "<start_of_turn>"].contains {
      template.contains($0)
    }
  }

  /// The marks.
  public var syntax: TagSyntax {
    TagSyntax(
      reasoning: [("<|channel>thought\n", "<channel|>"), ("<think>", "</think>")],
      calls: [
        CallTag(
          begin: "<|tool_call>call:", ends: ["<tool_call|>"],
          style: .named(separators: ["{"]), notation: .gemma),
        CallTag(
          begin: "<start_function_call>call:", ends: ["<end_function_call>"],
          style: .named(separators: ["{"]), notation: .gemma),
      ],
      dropped: ["<turn|>", "<end_of_turn>", "<|tool_response>", "<start_function_response>"])
  }
}
