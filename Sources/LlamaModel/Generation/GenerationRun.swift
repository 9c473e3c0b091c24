import Sampling

/// The state of one generation, a step at a time.
///
/// Unchecked: only the model's serial queue calls ``next()``, one call after the other.
final class GenerationRun: SteppedRun, @unchecked Sendable {
  private let model: LanguageModel
  private let options: GenerationOptions
  private let cancellation: CancellationFlag
  private let promptCount: Int
  private let slot: SequenceSlot

  private var sequence: ModelSequence?
  private var pending: ArraySlice<Int>
  private var logits: [Float] = []
  private var sampler: SamplerChain
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
    promptCount = prompt.count
    self.slot = slot
    pending = prompt[...]
    sampler = options.sampler ?? options.sampling.makeChain()
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
      return .piece(finish(reason, with: heldBack()))
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
    guard promptCount <= context else {
      throw ModelError(
        .contextFull,
        "the prompt has \(promptCount) tokens, but the context holds \(context); "
          + "shorten it or choose a longer context")
    }
    if let maximum = options.maximumTokens, maximum < 0 {
      throw ModelError(.invalidArgument, "at most \(maximum) tokens; choose 0 or more")
    }
    // The last token chosen need not be read, so it takes no position.
    limit = min(options.maximumTokens ?? .max, context - promptCount + 1)
    let sequence = try slot.sequence(
      for: Array(pending), of: model, tokens: min(context, promptCount + limit), context: context,
      cacheType: options.cacheType)
    // What has been read already counts for the sampler all the same.
    for token in pending.prefix(sequence.tokens.count) { sampler.accept(token) }
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
    let token = sampler.sample(logits: logits.span)
    if options.stopsAtEndTokens, model.tokenizer.vocabulary.isEndOfGeneration(token) {
      return finish(.stop, with: heldBack())
    }
    sampler.accept(token)
    tokens.append(token)
    let (piece, isStopped) = stops.append(decoder.append(token))
    if isStopped { return finish(.stop, with: piece) }
    text += piece
    if tokens.count < limit {
      logits = try sequence.append(
        CollectionOfOne(token), isCancelled: { [cancellation] in cancellation.isSet })
    } else {
      phase = .finishing(.length)
    }
    return GenerationPiece(text: piece, token: token, completion: nil)
  }

  /// Text that waited for a character's or a stop text's rest.
  private func heldBack() -> String {
    let (end, isStopped) = stops.append(decoder.finish())
    return isStopped ? end : end + stops.finish()
  }

  private func finish(_ reason: FinishReason, with end: String) -> GenerationPiece {
    phase = .ended
    text += end
    let usage = TokenUsage(promptTokens: promptCount, completionTokens: tokens.count)
    return GenerationPiece(
      text: end, token: nil,
      completion: Completion(
        text: text, tokens: tokens, finishReason: reason, usage: usage,
        reusedTokens: reusedTokens, timings: timings))
  }
}
