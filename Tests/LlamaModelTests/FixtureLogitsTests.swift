import Foundation
import GGUFKit
import LlamaModel
import TensorKernels
import TestSupport
import Testing

/// Logits of tiny models against llama.cpp and Hugging Face transformers.
@Suite(.enabled(if: Fixtures.isAvailable, "\(Fixtures.missing)"))
struct FixtureLogitsTests {
  struct Reference: Decodable {
    var tokens: [Int]
    var rows: Int
    var columns: Int
  }

  static let decoders = [
    "cohere2", "deepseek2", "falcon", "gemma", "gemma2", "gemma3", "gemma4", "gpt-oss", "gpt2",
    "granite", "lfm2", "llama", "llama3-rope", "mistral", "mixtral", "nemotron", "olmo2", "phi2",
    "phi3", "qwen2", "qwen3", "qwen35", "qwen3moe", "smollm3", "stablelm", "starcoder2",
  ]
  /// ``InvarianceTests`` compares the kernel sets with each other.
  static let backends = ["cpu", "reference"]

  static func backend(_ name: String) throws -> any Backend {
    name == "reference" ? ReferenceBackend() : try CPUBackend(threads: 2)
  }

  /// A fixture's model. Only ids go in, so the tokenizer does not matter.
  static func model(_ folder: String, on backend: any Backend) throws -> LanguageModel {
    let file = try GGUFFile(contentsOf: Fixtures.url("architectures/\(folder)/model.gguf"))
    return try LanguageModel(file, backend: backend, tokenizer: NoTokenizer())
  }

  struct NoTokenizer: Tokenizer {
    let vocabulary: Vocabulary

    init() throws { vocabulary = try Vocabulary(model: "none", pieces: [.init("a")]) }

    func encode(_ text: String, options: EncodingOptions) -> [Int] { [] }
    func bytes(of token: Int, options: DecodingOptions) -> [UInt8] { [] }
  }

  static func reference(_ folder: String) throws -> Reference {
    try Fixtures.json("architectures/\(folder)/reference.json", as: Reference.self)
  }

  /// The error against the nearer of the two references: the mean squared difference over the mean
  /// square of the expected values.
  static func error(_ actual: [Float], _ folder: String) throws -> Double {
    try ["logits.f32", "logits.transformers.f32"].map { name in
      let expected = try Fixtures.floats("architectures/\(folder)/\(name)")
      guard actual.count == expected.count else { return .infinity }
      let error = zip(actual, expected).reduce(0.0) { $0 + pow(Double($1.0) - Double($1.1), 2) }
      return error / expected.reduce(0.0) { $0 + pow(Double($1), 2) }
    }.min() ?? .infinity
  }

  @Test("With a float cache the error is below 1e-8", arguments: decoders, backends)
  func logits(folder: String, backend: String) throws {
    let reference = try Self.reference(folder)
    let model = try Self.model(folder, on: Self.backend(backend))
    var results: [[Float]] = []
    // The reference backend is slow: two ways to cut the prompt are enough there.
    for batch in backend == "cpu" ? [512, 1, 7] : [512, 1] {
      let sequence = try ModelSequence(model, capacity: reference.rows, cacheType: .f32)
      results.append(try sequence.append(reference.tokens, outputs: .all, batch: batch))
    }
    let error = try Self.error(results[0], folder)
    #expect(error < 1e-8, "\(error)")
    for (index, result) in results.dropFirst().enumerated() {
      #expect(result == results[0], "\(index == 0 ? "token by token" : "in batches of seven")")
    }
  }

  @Test("The mean-pooled features of an encoder", arguments: backends)
  func embedding(backend: String) throws {
    let reference = try Self.reference("bert")
    let model = try Self.model("bert", on: Self.backend(backend))
    var embedder = TextEmbedder(model)
    #expect(embedder.pooling == .mean)
    embedder.normalizes = false
    let vector = try embedder.embed(tokens: reference.tokens)
    let error = try Self.error(vector, "bert")
    #expect(error < 1e-8, "\(error)")
    embedder.normalizes = true
    let squares = try embedder.embed(tokens: reference.tokens).reduce(0) { $0 + $1 * $1 }
    #expect(abs(squares - 1) < 1e-5)
    #expect(throws: ModelError.self) { try embedder.embed(tokens: []) }
    #expect(throws: ModelError.self) { try ModelSequence(model, capacity: 4).append([1]) }
  }
}
