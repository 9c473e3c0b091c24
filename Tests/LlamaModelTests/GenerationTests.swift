import Foundation
import LlamaModel
import Sampling
import TensorKernels
import Testing

@Suite struct GenerationTests {
  static func model() throws -> LanguageModel {
    try LanguageModel.random(seed: 11, backend: CPUBackend(threads: 1))
  }

  static func options(_ tokens: Int?, _ change: (inout GenerationOptions) -> Void = { _ in })
    -> GenerationOptions
  {
    var options = GenerationOptions(sampling: .greedy, maximumTokens: tokens)
    options.stopsAtEndTokens = false
    change(&options)
    return options
  }

  @Test("Pieces join to the completion's text, and the last one carries it")
  func pieces() async throws {
    let model = try Self.model()
    var text = ""
    var tokens: [Int] = []
    var last: GenerationPiece?
    for try await piece in model.generate("Hello", options: Self.options(20)) {
      text += piece.text
      piece.token.map { tokens.append($0) }
      last = piece
    }
    let completion = try #require(last?.completion)
    #expect(completion.text == text)
    #expect(completion.tokens == tokens)
    #expect(tokens.count == 20)
    #expect(completion.finishReason == .length)
    #expect(
      completion.usage.promptTokens
        == model.tokenizer.encode("Hello", options: [.addSpecial]).count)
    #expect(completion.timings.generation > .zero)
  }

  @Test("Batch sizes do not change the result", arguments: [1, 2, 512])
  func batches(batch: Int) async throws {
    let model = try Self.model()
    let expected = try await model.generate("Hello world", options: Self.options(12)).completion()
    let actual = try await model.generate(
      "Hello world", options: Self.options(12) { $0.batchSize = batch }
    ).completion()
    #expect(actual.tokens == expected.tokens)
  }

  @Test("A seed decides the result; another gives another")
  func seeds() async throws {
    let model = try Self.model()
    func tokens(_ seed: UInt64) async throws -> [Int] {
      let sampling = try SamplingOptions(temperature: 2, topK: 0, topP: 1, minP: 0, seed: seed)
      return try await model.generate(
        "Hello", options: Self.options(24) { $0.sampling = sampling }
      ).completion().tokens
    }
    #expect(try await tokens(1) == tokens(1))
    #expect(try await tokens(1) != tokens(2))
  }

  @Test("The context limits the answer")
  func contextLimit() async throws {
    let model = try Self.model()
    let prompt = model.tokenizer.encode("Hello", options: [.addSpecial])
    let options = Self.options(nil) { $0.contextLength = prompt.count + 5 }
    let completion = try await model.generate("Hello", options: options).completion()
    #expect(completion.tokens.count == 6)
    #expect(completion.finishReason == .length)
  }

  @Test("Zero tokens read the prompt and end")
  func zeroTokens() async throws {
    let completion = try await Self.model().generate("Hello", options: Self.options(0)).completion()
    #expect(completion.tokens.isEmpty)
    #expect(completion.finishReason == .length)
  }

  @Test("A stop text ends the text before it, wherever it falls among the tokens")
  func stopTexts() async throws {
    let model = try Self.model()
    let whole = try await model.generate("Hello", options: Self.options(30)).completion().text
    let characters = Array(whole)
    for start in [3, 7, characters.count - 3] {
      let stop = String(characters[start..<start + 2])
      let found = try #require(whole.range(of: stop))
      let options = Self.options(30) { $0.stop = ["never there", stop] }
      let completion = try await model.generate("Hello", options: options).completion()
      #expect(completion.text == String(whole[..<found.lowerBound]))
      #expect(completion.finishReason == .stop)
    }
  }

  @Test("Impossible prompts and options are typed errors")
  func refusals() async throws {
    let model = try Self.model()
    func code(_ generation: Generation) async -> ModelError.Code? {
      do throws(ModelError) { _ = try await generation.completion() } catch { return error.code }
      return nil
    }
    let long = Array(repeating: 5, count: 300)
    #expect(await code(model.generate(tokens: long)) == .contextFull)
    #expect(await code(model.generate(tokens: [])) == .invalidArgument)
    #expect(await code(model.generate(tokens: [1 << 40])) == .invalidArgument)
    #expect(await code(model.generate("x", options: Self.options(-1))) == .invalidArgument)
    #expect(
      await code(model.generate("x", options: Self.options(1) { $0.contextLength = 0 }))
        == .contextFull)
  }

  @Test("Cancelling the task ends a generation, also while it reads the prompt")
  func cancellation() async throws {
    var random = RandomModel(seed: 2)
    random.contextLength = 1 << 20
    random.blockCount = 4
    let model = try LanguageModel(random.file(), backend: CPUBackend(threads: 1))
    // Read one by one in a debug build this prompt would take many minutes.
    let prompt = Array(repeating: 5, count: 200_000)
    let task = Task { () -> ModelError.Code? in
      do throws(ModelError) {
        _ = try await model.generate(tokens: prompt).completion()
      } catch {
        return error.code
      }
      return nil
    }
    try await Task.sleep(for: .milliseconds(50))
    task.cancel()
    #expect(await task.value == .cancelled)
    // The queue is free again: another generation gets its turn.
    let after = try await model.generate("Hello", options: Self.options(2)).completion()
    #expect(after.tokens.count == 2)
  }

  @Test("Leaving the loop stops the work")
  func leaving() async throws {
    let model = try Self.model()
    for try await piece in model.generate("Hello", options: Self.options(nil)) {
      if piece.token != nil { break }
    }
    let after = try await model.generate("Hello", options: Self.options(2)).completion()
    #expect(after.tokens.count == 2)
  }

  @Test("Generations of one model run side by side with the results that they have alone")
  func concurrency() async throws {
    let model = try Self.model()
    let prompts = ["a", "Hello", "the world", "xyz"]
    var alone: [[Int]] = []
    for prompt in prompts {
      alone.append(
        try await model.generate(prompt, options: Self.options(10)).completion().tokens)
    }
    let together = try await withThrowingTaskGroup(of: (Int, [Int]).self) { group in
      for (index, prompt) in prompts.enumerated() {
        group.addTask {
          let options = Self.options(10)
          return (index, try await model.generate(prompt, options: options).completion().tokens)
        }
      }
      return try await group.reduce(into: [Int: [Int]]()) { $0[$1.0] = $1.1 }
    }
    #expect(together == Dictionary(uniqueKeysWithValues: alone.enumerated().map { ($0, $1) }))
  }
}
