import Sampling

/// The state of one generation, a step at a time.
///
/// Unchecked: only the model's serial queue calls ``next()``, one call after the other.
final class GenerationRun: SteppedRun, @unchecked Sendable {
  private let model: LanguageModel
  private let options: GenerationOptions
  private let cancellation: CancellationFlag
  private let prompt: [Int]
  private let slot: SequenceSlot

  private var sequence: ModelSequence?
  private var pending: ArraySlice<Int>
  private var logits: [Float] = []
  private var sampler: SamplerChain
  private var constrained: ConstrainedText?
  /// Tokens chosen that the model has not read: all but the last one were forced.
  private var unread: [Int] = []
  private var guesses: GuessedTokens?
  private var decoder: StreamingDecoder
  private var stops: StopMatcher
  private var limit = 0

  private var reusedTokens = 0
  private var tokens: [Int] = []
  private var text = ""
  private var timings = GenerationTimings()
  private var phase = Phase.prompt
  private let clock = ContinuousClock()

  /// - Parameters:
  ///   - slot: Where the sequence comes from and stays.
  ///   - shownTokens: Control pieces that are part of the text, as they are spelled.
  init(
    _ model: LanguageModel, prompt: [Int], options: GenerationOptions,
    cancellation: CancellationFlag, slot: SequenceSlot = SequenceSlot(),
    shownTokens: Set<Int> = []
  ) {
    self.model = model
    self.options = options
    self.cancellation = cancellation
    self.prompt = prompt
    self.slot = slot
    pending = prompt[...]
    sampler = options.sampler ?? options.sampling.makeChain(for: model.tokenizer)
    decoder = StreamingDecoder(
      model.tokenizer, options: .continuation, showing: shownTokens)
    stops = StopMatcher(options.stop)
  }

  private enum Phase {
    case prompt
    case generating
    case finishing(FinishReason)
    case ended
  }

  /// Does one step.
  func next() throws(ModelError) -> StepOutcome<GenerationPiece> {
    if cancellation.isSet { throw ModelError(.cancelled, "the generation was cancelled") }
    let start = clock.now
    switch phase {
    case .prompt:
      let sequence = try makeSequence()
      try readPrompt(into: sequence)
      timings.prompt += clock.now - start
      if pending.isEmpty { phase = limit > 0 ? .generating : .finishing(.length) }
      return .working
    case .generating:
      let piece = try generate(in: makeSequence())
      timings.generation += clock.now - start
      return .piece(piece)
    case .finishing(let reason):
      return .piece(try finish(reason, with: heldBack()))
    case .ended:
      return .ended
    }
  }

  /// Checks the prompt against the context and makes the sequence.
  private func makeSequence() throws(ModelError) -> ModelSequence {
    if let sequence { return sequence }
    let trained = model.configuration.contextLength
    let context = options.contextLength ?? trained
    guard !pending.isEmpty else {
      throw ModelError(
        .invalidArgument, "the prompt is empty, and the vocabulary adds no beginning token")
    }
    guard prompt.count <= context else {
      throw ModelError(
        .contextFull,
        "the prompt has \(prompt.count) tokens, but the context holds \(context); "
          + "shorten it or choose a longer context")
    }
    if let maximum = options.maximumTokens, maximum < 0 {
      throw ModelError(.invalidArgument, "at most \(maximum) tokens; choose 0 or more")
    }
    // The last token chosen need not be read, so it takes no position.
    limit = min(options.maximumTokens ?? .max, context - prompt.count + 1)
    if let constraint = options.constraint {
      constrained = try ConstrainedText(
        try constraint.make(model.constraintTokens), atLimit: constraint.atLimit, limit: limit)
    }
    let sequence = try slot.sequence(
      for: prompt, of: model, tokens: min(context, prompt.count + limit), context: context,
      cacheType: options.cacheType)
    if let speculation = options.speculation {
      guesses = try GuessedTokens(speculation, for: model, capacity: sequence.capacity)
    }
    // What has been read already counts for the sampler all the same.
    for token in prompt.prefix(sequence.tokens.count) { sampler.accept(token) }
    reusedTokens = sequence.tokens.count
    pending = pending.dropFirst(reusedTokens)
    self.sequence = sequence
    return sequence
  }

  private func readPrompt(into sequence: ModelSequence) throws(ModelError) {
    let part = pending.prefix(max(1, options.batchSize))
    let rest = pending.dropFirst(part.count)
    logits = try sequence.append(
      part, outputs: rest.isEmpty ? .last : .none, batch: max(1, options.batchSize),
      isCancelled: { [cancellation] in cancellation.isSet })
    for token in part { sampler.accept(token) }
    pending = rest
  }

  /// Chooses a token and reads it, unless the text ends with it.
  private func generate(in sequence: ModelSequence) throws(ModelError) -> GenerationPiece {
    let isChosen = constrained?.forced.isEmpty ?? true
    guard let token = try chooseToken() else { return try finish(.stop, with: heldBack()) }
    let probabilities = isChosen ? logProbabilities() : nil
    let logProbability = probabilities?.logProbability(of: logits[token])
    sampler.accept(token)
    tokens.append(token)
    let (piece, isStopped) = stops.append(decoder.append(token))
    if isStopped { return try finish(.stop, with: piece) }
    text += piece
    try advance(by: token, in: sequence)
    return GenerationPiece(
      text: piece, token: token, logProbability: logProbability,
      alternatives: probabilities?.top ?? [])
  }

  /// Makes ``logits`` those after a token, unless the text ends or more tokens are known.
  private func advance(by token: Int, in sequence: ModelSequence) throws(ModelError) {
    if guesses?.take(token, logits: &logits) ?? false {
      // The model has read it.
    } else {
      if let again = try guesses?.drop(in: sequence) { unread = again }
      unread.append(token)
    }
    guard constrained?.forced.isEmpty ?? true else { return }
    if constrained?.mustEnd() ?? false {
      phase = .finishing(.stop)
    } else if tokens.count >= limit {
      phase = .finishing(.length)
    } else if !unread.isEmpty {
      try read(into: sequence)
    }
  }

  /// Reads the tokens chosen, and guesses with them.
  private func read(into sequence: ModelSequence) throws(ModelError) {
    let room = min(sequence.capacity - sequence.tokens.count - unread.count, limit - tokens.count)
    let isCancelled = { [cancellation] in cancellation.isSet }
    if var guesses = guesses.take() {
      defer { self.guesses = guesses }
      logits = try guesses.read(
        unread, after: prompt + tokens, into: sequence, limit: room - 1, isCancelled: isCancelled)
    } else {
      logits = try sequence.append(
        unread, batch: max(1, options.batchSize), isCancelled: isCancelled)
    }
    unread = []
  }

  private func logProbabilities() -> TokenLogProbabilities? {
    guard let count = options.logProbabilities else { return nil }
    let logits = logits
    return TokenLogProbabilities(logits: logits.span, top: count)
  }

  /// The next token; nil where the text ends.
  private func chooseToken() throws(ModelError) -> Int? {
    let logits = logits
    if var text = constrained.take() {
      defer { constrained = text }
      return try text.next(&sampler, logits: logits.span, remaining: limit - tokens.count)
    }
    let token = sampler.sample(logits: logits.span)
    let isEnd = options.stopsAtEndTokens && model.tokenizer.vocabulary.isEndOfGeneration(token)
    return isEnd ? nil : token
  }

  /// Text that waited for a character's or a stop text's rest.
  private func heldBack() -> String {
    let (end, isStopped) = stops.append(decoder.finish())
    return isStopped ? end : end + stops.finish()
  }

  private func finish(
    _ reason: FinishReason, with end: String
  ) throws(ModelError) -> GenerationPiece {
    phase = .ended
    if let constrained, !constrained.isComplete {
      throw ModelError(
        .incompleteOutput,
        "the text ended after \(tokens.count) tokens, before it was what its constraint asks for")
    }
    text += end
    let usage = TokenUsage(promptTokens: prompt.count, completionTokens: tokens.count)
    return GenerationPiece(
      text: end, token: nil,
      completion: Completion(
        text: text, tokens: tokens, finishReason: reason, usage: usage,
        reusedTokens: reusedTokens, timings: timings))
  }
}
