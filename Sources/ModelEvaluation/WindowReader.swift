import LlamaModel

/// Has a model read the windows of a text, and hands out the logits of the scored positions.
struct WindowReader {
  private let sequence: ModelSequence
  private let windows: TextWindows
  private let batchSize: Int
  /// Rows of logits that are in memory together.
  private let rowsPerPart: Int

  /// Bytes of logits that are in memory together, unless one row is larger.
  private static let logitBytes = 64 << 20

  init(
    _ model: LanguageModel, windows: TextWindows, options: Perplexity.Options
  ) throws(EvaluationError) {
    guard options.batchSize > 0 else {
      throw EvaluationError(
        .invalidArgument, "a batch of \(options.batchSize) tokens; choose 1 or more")
    }
    // Tokens that are only predicted are not read, so the model does not check them.
    if let bad = windows.tokens.first(where: { !(0..<model.vocabularySize).contains($0) }) {
      throw EvaluationError(
        .invalidArgument,
        "token \(bad) is outside the vocabulary of \(model.vocabularySize); "
          + "make the windows with this model's tokenizer")
    }
    do {
      sequence = try ModelSequence(
        model, capacity: windows.contextLength, cacheType: options.cacheType)
    } catch {
      throw EvaluationError(error)
    }
    self.windows = windows
    batchSize = options.batchSize
    rowsPerPart = max(1, min(options.batchSize, Self.logitBytes / (4 * model.vocabularySize)))
  }

  /// Reads a window and calls `score` with the logits of each scored position, and the token that
  /// comes after it.
  func read(
    _ index: Int, isCancelled: @escaping () -> Bool,
    score: (_ logits: Span<Float>, _ next: Int) throws(EvaluationError) -> Void
  ) throws(EvaluationError) {
    let window = windows[index]
    let columns = sequence.model.vocabularySize
    let scored = windows.scoredPositions
    do throws(ModelError) {
      try sequence.trim(to: 0)
      _ = try sequence.append(
        window[..<scored.lowerBound], outputs: .none, batch: batchSize, isCancelled: isCancelled)
    } catch {
      throw EvaluationError(error, window: index)
    }
    for start in stride(from: scored.lowerBound, to: scored.upperBound, by: rowsPerPart) {
      let part = start..<min(start + rowsPerPart, scored.upperBound)
      let logits: [Float]
      do {
        logits = try sequence.append(
          window[part], outputs: .all, batch: batchSize, isCancelled: isCancelled)
      } catch {
        throw EvaluationError(error, window: index)
      }
      for (row, position) in part.enumerated() {
        try score(
          logits.span.extracting(row * columns..<(row + 1) * columns), window[position + 1])
      }
    }
  }
}
