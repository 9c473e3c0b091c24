import Sampling

extension ChatSession {
  /// Says something, and has the model answer with a value of a type, as JSON.
  ///
  /// The schema is derived from how the type is decoded (see
  /// ``Sampling/JSONSchema/init(describing:)``). The answer becomes part of ``messages`` as text.
  /// Models that can do without thinking do.
  ///
  /// ```swift
  /// let recipe = try await chat.respond(to: "A pancake recipe", as: Recipe.self)
  /// ```
  ///
  /// - Parameters:
  ///   - text: What the user says.
  ///   - type: The type.
  ///   - options: Used instead of the session's; their constraint is replaced.
  ///   - atLimit: What happens where the most tokens do not suffice.
  /// - Throws: ``ModelError/Code/invalidArgument`` for a type without a schema,
  ///   ``ModelError/Code/incompleteOutput`` where the most tokens are too few.
  public func respond<Value: Decodable>(
    to text: String, as type: Value.Type, options: ChatOptions? = nil,
    atLimit: GenerationConstraint.AtLimit = .complete
  ) async throws(ModelError) -> Value {
    let options = try typed(options, as: type, atLimit)
    let completion = try await respond(to: text, options: options).completion()
    return try Value(jsonText: completion.generation.text.utf8)
  }

  /// Says something, and gives the value of a type with which the model answers while it is being
  /// written.
  ///
  /// - Parameters:
  ///   - text: What the user says.
  ///   - type: The type.
  ///   - options: Used instead of the session's; their constraint is replaced.
  ///   - atLimit: What happens where the most tokens do not suffice.
  /// - Throws: ``ModelError/Code/invalidArgument`` for a type without a schema.
  public func stream<Value: Decodable & Sendable>(
    to text: String, as type: Value.Type, options: ChatOptions? = nil,
    atLimit: GenerationConstraint.AtLimit = .complete
  ) throws(ModelError) -> ValueStream<Value, ChatPiece> {
    let response = respond(to: text, options: try typed(options, as: type, atLimit))
    return ValueStream(model: model) { response.makeAsyncIterator() }
  }

  /// Which of some texts answers a question best, for classification. The chat stays as it is.
  ///
  /// - Parameters:
  ///   - texts: At least one, none of them empty.
  ///   - question: What the user would say.
  ///   - options: Used instead of the session's.
  /// - Returns: All of them, the likeliest first.
  public func choose(
    from texts: [String], inAnswerTo question: String, options: ChatOptions? = nil
  ) async throws(ModelError) -> [Choice] {
    var options = options ?? self.options
    options.reasoning = .off
    let prompt = try template.prompt(
      for: messages + [ChatMessage(.user, question)], tools: tools, options: options)
    return try await model.choose(
      from: texts, tokens: texts.map { prompt.tokens + model.tokenizer.encode($0, options: []) },
      after: prompt.tokens)
  }

  private func typed(
    _ options: ChatOptions?, as type: (some Decodable).Type,
    _ atLimit: GenerationConstraint.AtLimit
  ) throws(ModelError) -> ChatOptions {
    var options = options ?? self.options
    options.reasoning = .off
    options.generation.constraint = .schema(try JSONSchema(describing: type), atLimit: atLimit)
    return options
  }
}
