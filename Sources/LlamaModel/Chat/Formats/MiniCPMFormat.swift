/// MiniCPM 5: an element for every call and every argument.
public struct MiniCPMFormat: TagFormat {
  /// Creates the format.
  public init() {}

  /// The format's name.
  public var name: String { "minicpm" }

  /// Whether the template has the elements.
  public func matches(template: String) -> Bool { template.contains("<param name=") }

  /// The marks.
  public var syntax: TagSyntax {
    TagSyntax(
      calls: [
        CallTag(
          begin: "<function name=\"", ends: ["</function>"], style: .named(separators: ["\">"]),
          notation: .elements(.named("param")))
      ],
      dropped: ["<tool_sep>", "<|im_end|>"])
  }
}
