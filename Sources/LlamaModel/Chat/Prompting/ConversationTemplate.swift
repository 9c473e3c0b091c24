import ChatTemplate
public import GGUFKit

/// A model's chat template, with whatever it lacks made up for.
///
/// Templates differ in what they can say. What a template makes of a few sample messages shows what
/// it knows; where it drops or refuses instructions, tools, calls or their answers, those are
/// written into the messages that it does take.
public struct ConversationTemplate: Sendable {
  /// Where a template comes from.
  public enum Origin: Sendable, Hashable {
    /// The model file, or the caller.
    case given
    /// The file has none; the vocabulary has the marks of this family.
    case recognized(family: String)
    /// The file has none, and the vocabulary no marks: a plain dialogue, which a model that was not
    /// trained to chat may or may not follow.
    case plain
  }

  /// Where the template comes from.
  public let origin: Origin
  /// How answers are written.
  public let format: any ChatFormat
  let tokenizer: any Tokenizer
  let main: ProbedTemplate
  /// The template for chats with tools, where a file has one of its own for them.
  let toolUse: ProbedTemplate?

  /// The template of a model, or one for its vocabulary.
  ///
  /// - Throws: ``ModelError/Code/templateFailure`` where the template cannot be parsed.
  public init(_ model: LanguageModel) throws(ModelError) {
    try self.init(metadata: model.metadata, tokenizer: model.tokenizer)
  }

  /// The template of a model file, or one for its vocabulary.
  ///
  /// - Throws: ``ModelError/Code/templateFailure`` where the template cannot be parsed.
  public init(metadata: GGUFMetadata, tokenizer: any Tokenizer) throws(ModelError) {
    if let source = metadata[.chatTemplate] {
      try self.init(
        source, toolUse: metadata[.chatTemplate(named: "tool_use")], tokenizer: tokenizer)
    } else {
      let builtIn = BuiltInTemplate.template(for: tokenizer.vocabulary)
      try self.init(
        builtIn.source, tokenizer: tokenizer,
        origin: builtIn.marks.isEmpty ? .plain : .recognized(family: builtIn.family))
    }
  }

  /// A template of one's own.
  ///
  /// - Parameters:
  ///   - source: The template.
  ///   - toolUse: One for chats with tools, if that is another.
  ///   - tokenizer: The model's.
  ///   - format: How answers are written; found by the template unless given.
  /// - Throws: ``ModelError/Code/templateFailure`` where a template cannot be parsed.
  public init(
    _ source: String, toolUse: String? = nil, tokenizer: any Tokenizer,
    format: (any ChatFormat)? = nil
  ) throws(ModelError) {
    try self.init(
      source, toolUse: toolUse, tokenizer: tokenizer, format: format, origin: .given)
  }

  private init(
    _ source: String, toolUse: String? = nil, tokenizer: any Tokenizer,
    format: (any ChatFormat)? = nil, origin: Origin
  ) throws(ModelError) {
    self.origin = origin
    self.tokenizer = tokenizer
    let names = Self.specialNames(of: tokenizer.vocabulary)
    func probed(_ source: String) throws(ModelError) -> ProbedTemplate {
      try ProbedTemplate(source, specialNames: names, format: format, tokenizer: tokenizer)
    }
    main = try probed(source)
    self.toolUse = if let toolUse { try probed(toolUse) } else { nil }
    self.format = main.format
  }

  /// The names by which templates know special tokens, and the tokens' spellings.
  private static func specialNames(of vocabulary: Vocabulary) -> TemplateObject {
    let tokens = vocabulary.specialTokens
    var names = TemplateObject()
    for (name, token) in [
      ("bos_token", tokens.bos), ("eos_token", tokens.eos), ("unk_token", tokens.unknown),
      ("pad_token", tokens.padding), ("sep_token", tokens.separator), ("mask_token", tokens.mask),
    ] {
      if let token, let piece = vocabulary.piece(of: token) { names[name] = .string(piece) }
    }
    return names
  }

  /// What the model is given to answer a chat.
  ///
  /// - Parameters:
  ///   - messages: All messages so far.
  ///   - tools: The tools that the model may ask for.
  ///   - options: Thinking, variables and the time.
  /// - Throws: ``ModelError/Code/templateFailure`` where the template refuses the messages.
  public func prompt(
    for messages: [ChatMessage], tools: [ToolDefinition] = [], options: ChatOptions = ChatOptions()
  ) throws(ModelError) -> ChatPrompt {
    let template = tools.isEmpty ? main : toolUse ?? main
    let text = try template.render(messages, tools: tools, options: options)
    let stop = [template.ending].compactMap(\.self)
    let format = template.format(withTools: !tools.isEmpty)
    return ChatPrompt(
      text: text, tokens: tokens(of: text), format: format, stop: stop,
      shownTokens: shownTokens(format.marks + stop))
  }

  /// The tokens of a rendered text, which may have brought its first one itself.
  private func tokens(of text: String) -> [Int] {
    var tokens = tokenizer.encode(text, options: [.parseSpecial])
    let vocabulary = tokenizer.vocabulary
    if vocabulary.addBOS, let bos = vocabulary.specialTokens.bos, tokens.first != bos {
      tokens.insert(bos, at: 0)
    }
    return tokens
  }

  /// The control pieces of which some marks consist.
  private func shownTokens(_ marks: [String]) -> Set<Int> {
    let vocabulary = tokenizer.vocabulary
    return marks.reduce(into: []) { shown, mark in
      for token in tokenizer.encode(mark, options: [.parseSpecial])
      where vocabulary.type(of: token) == .control {
        shown.insert(token)
      }
    }
  }
}
