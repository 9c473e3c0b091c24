/// Llama 3.1 and later: calls are bare JSON objects, or follow `<|python_tag|>`.
public struct LlamaFormat: ChatFormat {
  /// Creates the format.
  public init() {}

  /// The format's name.
  public var name: String { "llama" }

  /// Whether the template has Llama 3's headers.
  public func matches(template: String) -> Bool { template.contains("<|start_header_id|>") }

  /// A parser for one answer.
  public func makeParser(prompt: String) -> any ChatParser {
    TagParser(
      TagSyntax(
        calls: [
          CallTag(begin: "<|python_tag|>", ends: [], style: .json),
          CallTag(begin: "<function=", ends: ["</function>"], style: .named(separators: [">"])),
        ],
        dropped: ["<|eot_id|>", "<|eom_id|>", "<|end_of_text|>"], readsBareJSON: true),
      prompt: prompt)
  }
}
