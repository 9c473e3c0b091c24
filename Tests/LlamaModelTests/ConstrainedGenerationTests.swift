import Foundation
import GGUFKit
import LlamaModel
import Sampling
import TensorKernels
import Testing

@Suite struct ConstrainedGenerationTests {
  struct Person: Codable {
    enum Kind: String, Codable, CaseIterable { case friend, stranger }
    var kind: Kind
    var age: UInt8
    var names: [String]
    var born: Date?
  }

  private static func options(_ constraint: GenerationConstraint, _ tokens: Int, seed: UInt64)
    throws -> GenerationOptions
  {
    GenerationOptions(
      sampling: try SamplingOptions(temperature: 1.5, topK: 0, topP: 1, minP: 0, seed: seed),
      constraint: constraint, maximumTokens: tokens)
  }

  @Test("Text under a schema always parses, whatever the limit", arguments: [UInt64(1), 2, 3])
  func schemas(seed: UInt64) async throws {
    let model = try GenerationTests.model()
    let schema = try JSONSchema.deriving(
      from: Person.self,
      substitutes: [
        SchemaSubstitute(
          Date(), schema: JSONSchema(#"{"type":"string","pattern":"^2000-01-0[1-9]T00:00:00Z$"}"#))
      ])
    let decoder = JSONDecoder()
    decoder.dateDecodingStrategy = .iso8601
    for limit in [60, 100, 200] {
      let options = try Self.options(.schema(schema), limit, seed: seed)
      let completion = try await model.generate("Hello", options: options).completion()
      #expect(completion.tokens.count <= limit)
      #expect(
        throws: Never.self, "seed \(seed), limit \(limit): \(completion.text)"
      ) { try decoder.decode(Person.self, from: Data(completion.text.utf8)) }
    }
  }

  @Test("A limit that is too small is an error, not broken text")
  func limits() async throws {
    let model = try GenerationTests.model()
    let schema = try JSONSchema(
      #"{"type":"array","items":{"type":"integer"},"minItems":30,"maxItems":40}"#)
    await #expect(throws: ModelError.self) {
      try await model.generate(
        "Hello", options: Self.options(.schema(schema), 20, seed: 1)
      ).completion()
    }
    do {
      _ = try await model.generate(
        "Hello", options: Self.options(.schema(schema, atLimit: .fail), 20, seed: 1)
      ).completion()
      Issue.record("an array was cut")
    } catch {
      #expect((error as? ModelError)?.code == .incompleteOutput)
    }
  }

  @Test("A grammar decides the text, and the generation ends with it")
  func grammars() async throws {
    let model = try GenerationTests.model()
    let grammar = try Grammar("root ::= \"The answer is \" (\"yes\" | \"no\") \".\"")
    let completion = try await model.generate(
      "Hello", options: Self.options(.grammar(grammar), 50, seed: 5)
    ).completion()
    #expect(["The answer is yes.", "The answer is no."].contains(completion.text))
    #expect(completion.finishReason == .stop)
    await #expect(throws: ModelError.self) {
      try await model.generate(
        "x", options: Self.options(.grammar(Grammar("root ::= <[99999]>")), 5, seed: 1)
      ).completion()
    }
  }

  @Test("Values of a type come back decoded")
  func typed() async throws {
    let model = try GenerationTests.model()
    var options = GenerationOptions(maximumTokens: 150)
    options.sampling = .greedy
    let person = try await model.generate("Hello", as: Person.self, options: options)
    #expect(Person.Kind.allCases.contains(person.kind))
  }

  @Test("Choices have probabilities that sum to one, the likeliest first")
  func choices() async throws {
    let model = try GenerationTests.model()
    let choices = try await model.choose(from: ["a", "b", "cd"], after: "Hello")
    #expect(Set(choices.map(\.text)) == ["a", "b", "cd"])
    #expect(abs(choices.reduce(0) { $0 + $1.probability } - 1) < 1e-6)
    #expect(choices[0].probability >= choices[1].probability)
    let greedy = try await model.generate(
      "Hello", options: GenerationOptions(sampling: .greedy, maximumTokens: 1)
    ).completion().text
    if !greedy.isEmpty {
      let best = try await model.choose(from: ["a", "b", greedy], after: "Hello")
      #expect(best[0].logProbability >= best[1].logProbability)
    }
    await #expect(throws: ModelError.self) { try await model.choose(from: [""], after: "x") }
  }

  @Test("A value is there from its first character on, and grows into what a decoder reads")
  func streaming() async throws {
    struct Letter: Codable, Equatable {
      var lines: [String]
      var pages: UInt8
      var isSigned: Bool
    }
    let model = try GenerationTests.model()
    let options = try Self.options(.schema(.any), 40, seed: 3)
    var last: PartialValue<Letter>?
    var count = 0
    for try await partial in try model.stream("Hello", as: Letter.self, options: options) {
      if let last {
        #expect(partial.text.hasPrefix(last.text))
        #expect(!last.isComplete)
        #expect(partial.value.lines.count >= last.value.lines.count)
      }
      last = partial
      count += 1
    }
    let whole = try #require(last)
    #expect(whole.isComplete)
    #expect(count > 3)
    #expect(try JSONDecoder().decode(Letter.self, from: Data(whole.text.utf8)) == whole.value)
  }

  @Test("Pieces name the probabilities of their tokens and of others")
  func logProbabilities() async throws {
    let model = try GenerationTests.model()
    for try await piece in model.generate(
      "Hello", options: GenerationTests.options(5) { $0.logProbabilities = 3 })
    {
      guard let token = piece.token else { continue }
      // The greedy choice is the likeliest one.
      #expect(piece.alternatives.count == 3)
      #expect(piece.alternatives.first?.token == token)
      #expect(piece.alternatives.first?.logProbability == piece.logProbability)
      #expect((piece.logProbability ?? 1) < 0)
      #expect(piece.alternatives[0].logProbability >= piece.alternatives[1].logProbability)
    }
  }
}

@Suite struct RecommendedSamplingTests {
  @Test("A file's settings are used, and the usual ones for the rest")
  func settings() throws {
    let options = try SamplingOptions(
      recommendedBy: [
        "general.sampling.temp": .float32(0.6), "general.sampling.top_k": .int32(20),
        "general.sampling.sequence": .string("top_k;temperature;unheard_of"),
      ], seed: 3)
    #expect(options.temperature == 0.6)
    #expect(options.topK == 20)
    #expect(options.topP == SamplingOptions.standard.topP)
    #expect(options.order == [.topK, .temperature])
    #expect(throws: ModelError.self) {
      try SamplingOptions(recommendedBy: ["general.sampling.top_p": .float32(3)])
    }
  }
}
