import Foundation
import GGUFKit
import TestSupport
import Testing

struct InspectTests {
  private struct Summary: Decodable {
    struct Tensor: Decodable {
      var name: String
      var type: String
      var shape: [Int]
      var bytes: Int
      var offset: Int
    }

    struct Memory: Decodable {
      var weights: Int
      var cache: Int
      var work: Int
    }

    var architecture: String?
    var name: String?
    var parameters: Int
    var file_bytes: Int
    var bits_per_weight: Double?
    var types: [String: Int]
    var tensors: [Tensor]
    var memory: Memory?
  }

  private var embeddedModel: String {
    let bundle = ["cria_cria.resources", "cria_cria.bundle"].map {
      Executable.folder.appending(path: $0).appending(path: "tales-7m-q8_0.gguf")
    }
    return bundle.map { $0.path(percentEncoded: false) }
      .first { FileManager.default.fileExists(atPath: $0) } ?? ""
  }

  @Test func theEmbeddedModelIsDescribed() async throws {
    let outcome = try await Executable.cria.run("inspect", embeddedModel, "--json")
    #expect(outcome.status == 0, "\(outcome.errors)")
    let summary: Summary = try outcome.json()
    #expect(summary.architecture == "llama")
    #expect((6_000_000..<8_000_000).contains(summary.parameters))
    #expect((8...9).contains(try #require(summary.bits_per_weight)))
    #expect(summary.types.values.reduce(0, +) == summary.tensors.count)
    #expect(summary.types["Q8_0"] ?? 0 > 0)
    let memory = try #require(summary.memory)
    #expect(memory.weights == summary.tensors.reduce(0) { $0 + $1.bytes })
    #expect(summary.tensors.allSatisfy { $0.offset + $0.bytes <= summary.file_bytes })

    let half = try await Executable.cria.run("inspect", embeddedModel, "--json", "--context", "64")
    #expect(try half.json(as: Summary.self).memory?.cache ?? 0 < memory.cache)
  }

  @Test func tensorsAreListedOnRequest() async throws {
    let scratch = try Scratch()
    let model = try scratch.model()
    let short = try await Executable.cria.run("inspect", model)
    #expect(short.output.contains("general.architecture"))
    #expect(!short.output.contains("blk.0.attn_q.weight"))
    let long = try await Executable.cria.run("inspect", model, "--tensors")
    #expect(long.output.contains("blk.0.attn_q.weight"))
  }

  @Test func aFileThatCannotBeRunIsDescribedWithoutMemory() async throws {
    let scratch = try Scratch()
    let path = scratch.path("other.gguf")
    var metadata: GGUFMetadata = ["general.architecture": .string("abacus")]
    metadata["notes"] = .array(.string(["a", "b"]))
    try GGUFBuilder(metadata: metadata, tensors: []).write(to: URL(filePath: path))
    let outcome = try await Executable.cria.run("inspect", path, "--json")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.contains(#""memory":null"#))
    #expect(outcome.output.contains(#""notes":["a","b"]"#))
    let summary: Summary = try outcome.json()
    #expect(summary.architecture == "abacus")
    #expect(summary.name == nil)
    #expect(summary.tensors.isEmpty)
  }
}
