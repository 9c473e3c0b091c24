import Foundation
import LlamaModel
import TensorKernels
import TestSupport
import Testing

/// Logits of tiny models against llama.cpp and Hugging Face transformers.
@Suite(.enabled(if: Fixtures.isAvailable, "\(Fixtures.missing)"))
struct FixtureLogitsTests {
  private struct Reference: Decodable {
    var tokens: [Int]
    var rows: Int
    var columns: Int
  }

  static let folders = ["llama", "llama3-rope", "mistral"]
  static let backends =
    KernelSet.supported.map { "cpu \($0.name)" } + ["reference"]

  static func backend(_ name: String) throws -> any Backend {
    if name == "reference" { return ReferenceBackend() }
    let kernels = try #require(KernelSet.named(String(name.dropFirst("cpu ".count))))
    return try CPUBackend(threads: 2, kernels: kernels)
  }

  /// Mean squared difference over the mean square of the expected values.
  static func normalizedError(_ actual: [Float], _ expected: [Float]) -> Double {
    guard actual.count == expected.count else { return .infinity }
    let error = zip(actual, expected).reduce(0.0) { $0 + pow(Double($1.0) - Double($1.1), 2) }
    return error / expected.reduce(0.0) { $0 + pow(Double($1), 2) }
  }

  @Test("With a float cache the error is below 1e-8", arguments: folders, backends)
  func logits(folder: String, backend: String) throws {
    let path = "architectures/\(folder)"
    let reference = try Fixtures.json("\(path)/reference.json", as: Reference.self)
    let model = try LanguageModel(
      contentsOf: Fixtures.url("\(path)/model.gguf"), backend: Self.backend(backend))
    let expected = try ["logits.f32", "logits.transformers.f32"].map {
      try Fixtures.floats("\(path)/\($0)")
    }
    var results: [[Float]] = []
    for batch in [512, 1, 7] {
      let sequence = try ModelSequence(model, capacity: reference.rows, cacheType: .f32)
      results.append(try sequence.append(reference.tokens, outputs: .all, batch: batch))
    }
    let error = expected.map { Self.normalizedError(results[0], $0) }.min() ?? .infinity
    #expect(error < 1e-8, "\(error)")
    #expect(results[1] == results[0], "token by token")
    #expect(results[2] == results[0], "in batches of seven")
  }
}
