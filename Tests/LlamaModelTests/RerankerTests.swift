import Foundation
import GGUFKit
import LlamaModel
import QuantCore
import TensorKernels
import TestSupport
import Testing

/// Heads behind an encoder's features.
@Suite struct RerankerTests {
  /// A random encoder with further tensors.
  static func model(
    _ architecture: String = "bert", adding heads: [(name: String, shape: [Int])] = []
  ) throws -> LanguageModel {
    var random = RandomModel(seed: 6)
    random.architecture = architecture
    let file = try random.file()
    var generator = SeededRandom(seed: 7)
    var tensors: [any TensorSource] = file.tensors
    let types = architecture == "bert" ? [("token_types.weight", [random.embeddingLength, 2])] : []
    for (name, shape) in heads + types {
      tensors.append(
        try InMemoryTensor(
          name: name, shape: shape,
          values: generator.gaussian(count: shape.reduce(1, *), scale: 0.2)))
    }
    return try LanguageModel(
      GGUFFile(bytes: GGUFBuilder(metadata: file.metadata, tensors: tensors).serialized()),
      backend: CPUBackend(threads: 1))
  }

  static let head = [
    ("cls.weight", [64, 64]), ("cls.bias", [64]), ("cls.output.weight", [64, 2]),
    ("cls.output.bias", [2]),
  ]

  /// The values of a tensor that ``model(_:adding:)`` adds, made again.
  static func values(_ index: Int) -> [Float] {
    var generator = SeededRandom(seed: 7)
    var values: [Float] = []
    for (_, shape) in head[...index] {
      values = generator.gaussian(count: shape.reduce(1, *), scale: 0.2)
    }
    return values
  }

  @Test("Scores are the head's, of the first token's features")
  func scores() throws {
    let model = try Self.model(adding: Self.head)
    var embedder = TextEmbedder(model, pooling: .cls)
    embedder.normalizes = false
    let features = try embedder.embed(tokens: Family.tokens)
    func apply(_ x: [Float], _ weight: Int) -> [Double] {
      let (matrix, bias) = (Self.values(weight), Self.values(weight + 1))
      return bias.indices.map { row in
        x.indices.reduce(Double(bias[row])) {
          $0 + Double(matrix[row * x.count + $1]) * Double(x[$1])
        }
      }
    }
    let expected = apply(apply(features, 0).map { Float(tanh($0)) }, 2)
    let reranker = try TextReranker(model)
    let scores = try reranker.scores(tokens: Family.tokens)
    #expect(scores.count == 2)
    #expect(zip(scores, expected).allSatisfy { abs(Double($0) - $1) < 1e-5 })

    // The second part of a text has a type of its own.
    let segments = Family.tokens.indices.map { $0 < 5 ? 0 : 1 }
    #expect(try reranker.scores(tokens: Family.tokens, segments: segments) != scores)
    let zeros = Family.tokens.map { _ in 0 }
    #expect(try reranker.scores(tokens: Family.tokens, segments: zeros) == scores)
  }

  @Test("Documents are ranked from the best to the worst")
  func ranking() throws {
    let reranker = try TextReranker(Self.model(adding: Self.head))
    let documents = ["hello there", "an apple", "hello there", "in the end"]
    let ranked = try reranker.rank(documents, for: "hello")
    #expect(Set(ranked.map(\.index)) == [0, 1, 2, 3])
    #expect(zip(ranked, ranked.dropFirst()).allSatisfy { $0.score >= $1.score })
    let (first, second) = (ranked.first { $0.index == 0 }, ranked.first { $0.index == 2 })
    #expect(first?.score == second?.score)
    let places = ranked.map(\.index)
    #expect(try #require(places.firstIndex(of: 0)) < #require(places.firstIndex(of: 2)))
    for item in ranked {
      #expect(try reranker.score(documents[item.index], for: "hello") == item.score)
    }
  }

  @Test("A decoder's scores are probabilities of its labels")
  func decoder() throws {
    let reranker = try TextReranker(
      Self.model("qwen3", adding: [("cls.output.weight", [64, 2])]))
    let scores = try reranker.scores(tokens: Family.tokens)
    #expect(scores.allSatisfy { $0 > 0 } && abs(scores.reduce(0, +) - 1) < 1e-6)
  }

  @Test("A model without a head ranks nothing, and no text has no score")
  func refusals() throws {
    let error = #expect(throws: ModelError.self) { try TextReranker(Self.model()) }
    #expect(error?.code == .invalidTensor)
    let reranker = try TextReranker(Self.model(adding: Self.head))
    #expect(throws: ModelError.self) { try reranker.scores(tokens: []) }
    #expect(throws: ModelError.self) { try reranker.scores(tokens: [5, 6], segments: [0]) }
    #expect(throws: ModelError.self) { try reranker.scores(tokens: [-1]) }
  }

  @Test("Embeddings go through the matrices behind the pooling")
  func projections() throws {
    let plain = try TextEmbedder(Self.model("gemma-embedding")).embed(tokens: Family.tokens)
    let embedder = try TextEmbedder(
      Self.model(
        "gemma-embedding", adding: [("dense_2.weight", [64, 96]), ("dense_3.weight", [96, 48])]))
    #expect(embedder.dimensions == 48)
    let vector = try embedder.embed(tokens: Family.tokens)
    #expect(vector.count == 48 && plain.count == 64)
    #expect(abs(vector.reduce(0) { $0 + $1 * $1 } - 1) < 1e-5)
  }
}
