/// Functionary 3.2: `>>>`, a name and the arguments for each call; the name `all` for text.
public struct FunctionaryFormat: TagFormat {
  /// Creates the format.
  public init() {}

  /// The format's name.
  public var name: String { "functionary" }

  /// Whether the template opens answers with its mark.
  public func matches(template: String) -> Bool { template.contains(">>>all") }

  /// The marks.
  public var syntax: TagSyntax {
    TagSyntax(
      calls: [
        CallTag(
          begin: ">>>", ends: ["<|eot_id|>"], style: .named(separators: ["\n"]),
          textName: "all")
      ],
      dropped: ["<|eot_id|>"])
  }
}
