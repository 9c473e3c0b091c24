import LlamaModel
import Sampling
import TensorKernels
import TestSupport
import Testing

@Suite struct SpeculationTests {
  @Test("Guessing ahead changes no token", arguments: [0, 0.7, 1.5] as [Float])
  func speculation(temperature: Float) async throws {
    let model = try GenerationTests.model()
    let draft = try LanguageModel.random(seed: 12, backend: CPUBackend(threads: 1))
    let prompt = "one two three one two three one two"
    for seed: UInt64 in 1...2 {
      var options = GenerationOptions(maximumTokens: 40)
      options.stopsAtEndTokens = false
      options.sampling = try SamplingOptions(temperature: temperature, seed: seed)
      let plain = try await model.generate(prompt, options: options).completion()
      for speculation in [Speculation.promptLookup(), .draft(draft), .draft(model)] {
        options.speculation = speculation
        let guessed = try await model.generate(prompt, options: options).completion()
        #expect(guessed.tokens == plain.tokens, "seed \(seed)")
      }
    }
  }

  @Test("A draft with another vocabulary is refused")
  func otherVocabularies() async throws {
    let model = try GenerationTests.model()
    let vocabulary = try Vocabulary.byteFallback(pieces: [("x", -1)])
    let other = try LanguageModel.random(
      vocabulary: vocabulary, seed: 1, backend: CPUBackend(threads: 1))
    var options = GenerationOptions(maximumTokens: 4)
    options.speculation = .draft(other)
    await #expect(throws: ModelError.self) {
      try await model.generate("Hello", options: options).completion()
    }
  }

  @Test(
    "Models whose memory cannot go back anywhere read right guesses again",
    arguments: Family.decoders.filter { ["qwen3next", "mistral3"].contains($0.name) },
    [UInt64(1), 2])
  func memories(family: Family, seed: UInt64) async throws {
    let model = try LanguageModel(family.file(), backend: CPUBackend(threads: 1))
    let prompt = Family.tokens
    var options = GenerationTests.options(24)
    let plain = try await model.generate(tokens: prompt, options: options).completion()
    let answer = prompt + plain.tokens
    let size = model.vocabularySize
    options.speculation = Speculation(maximumTokens: 4) { _ in
      RandomDrafter(random: SeededRandom(seed: seed), answer: answer, vocabularySize: size)
    }
    let guessed = try await model.generate(tokens: prompt, options: options).completion()
    #expect(guessed.tokens == plain.tokens, "seed \(seed)")
  }

  /// Three tokens of four candidates each, sampled with guesses, against their exact probabilities.
  @Test("Guessing ahead leaves the distribution as it is")
  func distribution() async throws {
    let model = try GenerationTests.model()
    let prompt = model.tokenizer.encode("Hello", options: [.addSpecial])
    let sampling = { (seed: UInt64) in
      try SamplingOptions(temperature: 1.3, topK: 4, topP: 1, minP: 0, seed: seed)
    }
    var exact: [[Int]: Double] = [:]
    func enumerate(_ text: [Int], _ probability: Double) throws {
      guard text.count < 3 else { return exact[text] = probability }
      let sequence = try ModelSequence(model, capacity: prompt.count + 3)
      let logits = try sequence.append(prompt + text)
      var chain = try sampling(0).makeChain()
      var candidates = Candidates(logits: logits.span)
      chain.apply(to: &candidates)
      candidates.normalize()
      for index in 0..<candidates.count {
        try enumerate(
          text + [candidates[index].token],
          probability * Double(candidates.probabilities[index]))
      }
    }
    try enumerate([], 1)
    #expect(exact.count == 64)

    let count = 400
    var seen: [[Int]: Int] = [:]
    for seed in 0..<UInt64(count) {
      var options = GenerationTests.options(3)
      options.sampling = try sampling(seed)
      options.speculation = .draft(model, maximumTokens: 2)
      seen[
        try await model.generate(tokens: prompt, options: options).completion().tokens, default: 0] +=
        1
    }
    #expect(Set(seen.keys).isSubset(of: exact.keys))
    // Texts that are rare are counted together, so that each expectation is 5 at least.
    var cells: [(expected: Double, seen: Int)] = [(0, 0)]
    for (text, probability) in exact.sorted(by: { $0.value < $1.value }) {
      let expected = probability * Double(count)
      if (cells.last?.expected ?? 0) < 5 {
        cells[cells.count - 1].expected += expected
        cells[cells.count - 1].seen += seen[text] ?? 0
      } else {
        cells.append((expected, seen[text] ?? 0))
      }
    }
    let statistic = cells.reduce(0) { sum, cell in
      let difference = Double(cell.seen) - cell.expected
      return sum + difference * difference / cell.expected
    }
    // The bound that chance passes once in a thousand (E. Wilson and M. Hilferty, 1931).
    let freedom = Double(cells.count - 1)
    let root = 1 - 2 / (9 * freedom) + 3.09 * (2 / (9 * freedom)).squareRoot()
    #expect(cells.count > 8)
    #expect(statistic < freedom * root * root * root, "\(statistic) with \(cells.count) cells")
  }
}

/// Guesses at random, sometimes rightly.
private struct RandomDrafter: TokenDrafter {
  var random: SeededRandom
  let answer: [Int]
  let vocabularySize: Int

  mutating func draft(after text: [Int], count: Int) -> [Int] {
    var guesses = Array(answer.dropFirst(text.count).prefix(count))
    for index in guesses.indices where Int.random(in: 0..<3, using: &random) == 0 {
      guesses[index] = Int.random(in: 0..<vocabularySize, using: &random)
    }
    return guesses
  }
}
