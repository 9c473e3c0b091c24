/// How a family of models marks thinking and calls of tools in what it writes.
///
/// A conformer is registered in ``ChatFormatRegistry``, or given to whoever parses.
public protocol ChatFormat: Sendable {
  /// The format's name.
  var name: String { get }

  /// Whether models with this template write so.
  func matches(template: String) -> Bool

  /// A parser for one answer.
  ///
  /// - Parameter prompt: The end of what the model was given, for it may have opened the thinking
  ///   already.
  func makeParser(prompt: String) -> any ChatParser
}

/// Tells apart the parts of one answer while it comes.
///
/// Nothing but markers, and white space beside them, is lost: what looks like a call but is none
/// becomes text.
public protocol ChatParser {
  /// Takes more of the answer and returns the parts that are certain.
  mutating func append(_ text: String) -> [ChatEvent]

  /// Returns the rest, at the answer's end.
  mutating func finish() -> [ChatEvent]
}

extension ChatFormat {
  /// A whole answer in parts.
  public func parse(_ text: String, prompt: String = "") -> ChatMessage {
    var parser = makeParser(prompt: prompt)
    return ChatMessage(parser.append(text) + parser.finish())
  }
}

/// The formats that are known, the most particular ones first.
public enum ChatFormatRegistry {
  /// All formats; the last one takes any template.
  public static let formats: [any ChatFormat] = [
    HarmonyFormat(), FunctionaryFormat(), GemmaFormat(), DeepSeekFormat(), MistralFormat(),
    HermesFormat(), LlamaFormat(), GenericFormat(),
  ]

  /// The format of the models with this template.
  public static func format(forTemplate template: String) -> any ChatFormat {
    formats.first { $0.matches(template: template) } ?? GenericFormat()
  }
}
