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
  /// The probability of a text is that of its tokens one after the other. Texts that begin alike can
  /// be told apart better with a mark at the end, such as a line break.
  ///
  /// - Parameters:
  ///   - texts: At least one, none of them empty.
  ///   - prompt: Taken literally.
  /// - Returns: All of them, the likeliest first.
  public func choose(
    from texts: [String], after prompt: String
  ) async throws(ModelError) -> [Choice] {
    let result: Result<[Choice], ModelError> = await withCheckedContinuation { continuation in
      queue.async {
        do throws(ModelError) {
          continuation.resume(returning: .success(try self.choices(from: texts, after: prompt)))
        } catch {
          continuation.resume(returning: .failure(error))
        }
      }
    }
    return try result.get()
  }

  private func choices(
    from texts: [String], after prompt: String
  ) throws(ModelError) -> [Choice] {
    let start = tokenizer.encode(prompt, options: [.addSpecial])
    let continuations = texts.map { tokenizer.encode($0, options: []) }
    guard !start.isEmpty, let longest = continuations.map(\.count).max(), longest > 0,
      !continuations.contains(where: \.isEmpty)
    else {
      throw ModelError(.invalidArgument, "the prompt and each of the texts need a token at least")
    }
    let sequence = try ModelSequence(self, capacity: start.count + longest)
    let first = try sequence.append(start)
    var sums: [Double] = []
    for tokens in continuations {
      var logits = first
      if tokens.count > 1 { logits += try sequence.append(tokens.dropLast(), outputs: .all) }
      var sum = 0.0
      for (row, token) in tokens.enumerated() {
        let values = logits[row * vocabularySize..<(row + 1) * vocabularySize]
        let probabilities = TokenLogProbabilities(logits: Array(values).span, top: 0)
        sum += Double(probabilities.logProbability(of: values[values.startIndex + token]))
      }
      sums.append(sum)
      try sequence.trim(to: start.count)
    }
    let likeliest = sums.max() ?? 0
    // Through the module's own exponential function, by a softmax over the sums.
    var candidates = Candidates(logits: sums.map { Float($0 - likeliest) }.span)
    candidates.normalize()
    let probabilities = candidates.probabilities
    return texts.indices.map { index in
      Choice(
        text: texts[index], probability: Double(probabilities[index]),
        logProbability: sums[index])
    }.sorted { $0.logProbability > $1.logProbability }
  }
}
