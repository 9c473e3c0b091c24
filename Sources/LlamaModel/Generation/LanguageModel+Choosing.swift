import Dispatch
import Sampling

/// One of several texts, with how likely a model finds it.
public struct Choice: Sendable, Equatable {
  /// The text.
  public var text: String
  /// Its probability among the choices: together they have 1.
  public var probability: Double
  /// The natural logarithm of its probability among all texts.
  public var logProbability: Double
}

extension LanguageModel {
  /// Which of some texts continues a prompt best, for classification.
  ///
  /// The probability of a text is that of its tokens, one after the other. Texts that begin alike can
  /// be told apart better with a mark at the end, such as a line break.
  ///
  /// - Parameters:
  ///   - texts: At least one, none of them empty.
  ///   - prompt: Taken literally.
  /// - Returns: All of them, the likeliest first.
  public func choose(
    from texts: [String], after prompt: String
  ) async throws(ModelError) -> [Choice] {
    // Each together with the prompt, as a text is cut into tokens that the model knows.
    try await choose(
      from: texts, tokens: texts.map { tokenizer.encode(prompt + $0, options: [.addSpecial]) },
      after: tokenizer.encode(prompt, options: [.addSpecial]))
  }

  /// - Parameters:
  ///   - texts: None of them empty.
  ///   - tokens: The prompt with each of them.
  ///   - prompt: The prompt alone.
  func choose(
    from texts: [String], tokens: [[Int]], after prompt: [Int]
  ) async throws(ModelError) -> [Choice] {
    guard !texts.isEmpty, !texts.contains("") else {
      throw ModelError(.invalidArgument, "there must be texts to choose from, none of them empty")
    }
    // What all begin with is read once; each keeps a token of its own.
    let shared = tokens.reduce(prompt.count) { shared, text in
      min(shared, text.count - 1, zip(prompt, text).prefix { $0 == $1 }.count)
    }
    guard shared > 0 else {
      throw ModelError(
        .invalidArgument, "the prompt is empty, and the vocabulary adds no beginning token")
    }
    let sums = try await compute { () throws(ModelError) in
      try self.logProbabilities(of: tokens.map { $0[shared...] }, after: prompt[..<shared])
    }
    let likeliest = sums.max() ?? 0
    // Relative to the likeliest, so that probabilities are not rounded to 0 together.
    let relative = sums.map { Float($0 - likeliest) }
    var candidates = Candidates(logits: relative.span)
    candidates.normalize()
    return texts.indices.map { index in
      Choice(
        text: texts[index], probability: Double(candidates.probabilities[index]),
        logProbability: sums[index])
    }.sorted { $0.logProbability > $1.logProbability }
  }

  /// The logarithm of each text's probability.
  private func logProbabilities(
    of texts: [ArraySlice<Int>], after prompt: ArraySlice<Int>
  ) throws(ModelError) -> [Double] {
    let longest = texts.reduce(0) { max($0, $1.count) }
    let sequence = try ModelSequence(self, capacity: prompt.count + longest)
    let first = try sequence.append(prompt)
    var sums: [Double] = []
    for tokens in texts {
      var logits = first
      if tokens.count > 1 {
        // In one step, before which any model's memory can go back.
        logits += try sequence.append(tokens.dropLast(), outputs: .all, batch: tokens.count)
        try sequence.trim(to: prompt.count)
      }
      var sum = 0.0
      for (row, token) in tokens.enumerated() {
        let values = Array(logits[row * vocabularySize..<(row + 1) * vocabularySize])
        let probabilities = TokenLogProbabilities(logits: values.span, top: 0)
        sum += Double(probabilities.logProbability(of: values[token]))
      }
      sums.append(sum)
    }
    return sums
  }

  /// Computes where that may block.
  private func compute<Value: Sendable>(
    _ body: @escaping @Sendable () throws(ModelError) -> Value
  ) async throws(ModelError) -> Value {
    let result: Result<Value, ModelError> = await withCheckedContinuation { continuation in
      queue.async { continuation.resume(returning: Result(catching: body)) }
    }
    return try result.get()
  }
}
