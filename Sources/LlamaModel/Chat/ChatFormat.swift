/// How a family of models marks thinking and calls of tools in what it writes.
///
/// A conformer is registered in ``ChatFormatRegistry``, or given to whoever parses.
public protocol ChatFormat: Sendable {
  /// The format's name.
  var name: String { get }

  /// Whether models with this template write so.
  func matches(template: String) -> Bool

  /// The marks that the parser must see, for they may be control pieces, which are otherwise not
  /// part of a text.
  var marks: [String] { get }

  /// The marks that end one of several messages of an answer, and not the answer.
  var messageEnds: [String] { get }

  /// A parser for one answer.
  ///
  /// - Parameters:
  ///   - prompt: The end of what the model was given, for it may have opened the thinking already.
  ///   - tools: The tools that it was told of, whose schemas say of what type arguments are where
  ///     a format does not.
  func makeParser(prompt: String, tools: [ToolDefinition]) -> any ChatParser
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
  /// None: an answer is one message.
  public var messageEnds: [String] { [] }

  /// A parser for one answer of a model that was not told of tools.
  public func makeParser(prompt: String) -> any ChatParser {
    makeParser(prompt: prompt, tools: [])
  }

  /// A whole answer in parts.
  public func parse(
    _ text: String, prompt: String = "", tools: [ToolDefinition] = []
  ) -> ChatMessage {
    var parser = makeParser(prompt: prompt, tools: tools)
    return ChatMessage(parser.append(text) + parser.finish())
  }
}

/// The formats that are known, the most particular ones first.
public enum ChatFormatRegistry {
  /// All formats; the last one takes any template.
  public static let formats: [any ChatFormat] = [
    HarmonyFormat(), MuseFormat(), FunctionaryFormat(), KimiK3Format(), KimiFormat(),
    DeepSeekV32Format(), MiniMaxFormat(), MiniCPMFormat(), GLMFormat(), SeedFormat(),
    CohereFormat(), ApertusFormat(), LFM2Format(), GigaChatFormat(), NemotronFormat(),
    GraniteFormat(), InternLMFormat(), GemmaFormat(), DeepSeekFormat(),
    MistralFormat(), OLMoFormat(), Llama4Format(), HermesFormat(), LlamaFormat(), GenericFormat(),
  ]

  /// The format of the models with this template.
  public static func format(forTemplate template: String) -> any ChatFormat {
    formats.first { $0.matches(template: template) } ?? GenericFormat()
  }
}
