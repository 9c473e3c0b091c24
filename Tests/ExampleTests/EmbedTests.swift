import Foundation
import GGUFKit
import LlamaModel
import QuantCore
import Testing

/// The command `embed`.
struct EmbedTests {
  private struct Vectors: Decodable {
    var embeddings: [[Float]]
    var dimensions: Int
  }

  private struct Ranking: Decodable {
    struct Item: Decodable {
      var index: Int
      var score: Float
    }

    var results: [Item]
  }

  private func encoder(_ scratch: borrowing Scratch) throws -> String {
    try scratch.model { $0.architecture = "bert" }
  }

  @Test func textsBecomeVectorsOfLengthOne() async throws {
    let scratch = try Scratch()
    let model = try encoder(scratch)
    let outcome = try await Executable.cria.run("embed", model, "hello", "the end", "--json")
    #expect(outcome.status == 0, "\(outcome.errors)")
    let vectors: Vectors = try outcome.json()
    #expect(vectors.dimensions == 64)
    #expect(vectors.embeddings.map(\.count) == [64, 64])
    #expect(vectors.embeddings[0] != vectors.embeddings[1])
    for vector in vectors.embeddings {
      #expect(abs(vector.reduce(0) { $0 + $1 * $1 } - 1) < 1e-4)
    }

    let lines = try await Executable.cria.run("embed", model, "hello", "the end")
    #expect(lines.output.split(separator: "\n").map { $0.split(separator: " ").count } == [64, 64])
  }

  @Test func poolingAndLengthAreOptions() async throws {
    let scratch = try Scratch()
    let model = try encoder(scratch)
    func vector(_ options: String...) async throws -> [Float] {
      let outcome = try await Executable.cria.run(
        ["embed", model, "--tokens", "5,6,7", "--json"] + options)
      #expect(outcome.status == 0, "\(outcome.errors)")
      return try outcome.json(as: Vectors.self).embeddings[0]
    }
    let mean = try await vector()
    #expect(try await vector("--pooling", "mean") == mean)
    let (cls, last) = (try await vector("--pooling", "cls"), try await vector("--pooling", "last"))
    #expect(cls != mean && last != mean && cls != last)
    let plain = try await vector("--no-normalize")
    let length = plain.reduce(0) { $0 + $1 * $1 }.squareRoot()
    #expect(abs(length - 1) > 0.01)
    #expect(zip(plain, mean).allSatisfy { abs($0 / length - $1) < 1e-5 })
  }

  @Test func textsAreRanked() async throws {
    let scratch = try Scratch()
    let file = try GGUFFile(path: encoder(scratch))
    var tensors: [any TensorSource] = file.tensors
    tensors.append(
      try InMemoryTensor(
        name: "cls.output.weight", shape: [64, 1], values: (0..<64).map { Float($0 % 7) - 3 }))
    let model = scratch.path("ranks.gguf")
    try GGUFBuilder(metadata: file.metadata, tensors: tensors).write(toPath: model)
    let outcome = try await Executable.cria.run(
      "embed", model, "--rerank", "hello", "one", "two", "three", "--json")
    #expect(outcome.status == 0, "\(outcome.errors)")
    let items = try outcome.json(as: Ranking.self).results
    #expect(Set(items.map(\.index)) == [0, 1, 2])
    #expect(zip(items, items.dropFirst()).allSatisfy { $0.score >= $1.score })
    let lines = try await Executable.cria.run(
      "embed", model, "--rerank", "hello", "one", "two", "three")
    let texts = lines.output.split(separator: "\n").map { $0.split(separator: "\t").last ?? "" }
    #expect(texts == items.map { ["one", "two", "three"][$0.index] })
  }

  @Test func whatCannotBeEmbeddedIsRefused() async throws {
    let scratch = try Scratch()
    let model = try encoder(scratch)
    for (arguments, status, part) in [
      (["embed", model], Int32(64), "TEXT"),
      (["embed", model, "--tokens", "1,99999"], 64, "99999"),
      (["embed", model, "--rerank", "hello", "one"], 65, "cls.output.weight"),
      (["embed", scratch.path("none.gguf"), "hello"], 66, "none.gguf"),
    ] {
      let outcome = try await Executable.cria.run(arguments)
      #expect(outcome.status == status, "\(arguments): \(outcome.errors)")
      #expect(outcome.errors.contains(part), "\(outcome.errors)")
      #expect(outcome.output.isEmpty)
    }
  }
}
