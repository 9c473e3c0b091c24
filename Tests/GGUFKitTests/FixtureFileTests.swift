import Foundation
import GGUFKit
import QuantCore
import TestSupport
import Testing

/// Files written by llama.cpp's converters.
@Suite(.enabled(if: Fixtures.isAvailable, Comment(rawValue: Fixtures.missing)))
struct FixtureFileTests {
  @Test func modelOpens() throws {
    let file = try GGUFFile(contentsOf: Fixtures.url("architectures/llama/model.gguf"))
    #expect(file.version == 3)
    #expect(file[.architecture] == "llama")
    let width = try file.metadata.value(.embeddingLength)
    let embedding = try #require(file.tensor(named: "token_embd.weight"))
    #expect(embedding.columns == width)
    #expect(embedding.rows == file[.tokens]?.count)
    for tensor in file.tensors {
      #expect(try tensor.decoded().allSatisfy { $0.isFinite }, "\(tensor.name)")
    }
  }

  @Test func everyVocabularyOpens() throws {
    let folder = Fixtures.url("tokenizers")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      .filter { $0.hasSuffix(".gguf") }
    #expect(names.count >= 10)
    for name in names {
      let file = try GGUFFile(contentsOf: folder.appending(path: name))
      #expect(file.tensors.isEmpty)
      let tokens = try file.metadata.value(.tokens)
      #expect(tokens.count > 1000, "\(name)")
      #expect(file[.tokenTypes].map { $0.count == tokens.count } != false, "\(name)")
    }
  }

  @Test func everyArchitectureOpens() throws {
    let folder = Fixtures.url("architectures")
    for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
      let url = folder.appending(path: name).appending(path: "model.gguf")
      guard FileManager.default.fileExists(atPath: url.path) else { continue }
      let file = try GGUFFile(contentsOf: url)
      #expect(!file.tensors.isEmpty, "\(name)")
      #expect(try file.metadata.value(.blockCount) > 0, "\(name)")
      #expect(file[.headCountKV] != nil || file[.headCount] != nil, "\(name)")
    }
  }
}
