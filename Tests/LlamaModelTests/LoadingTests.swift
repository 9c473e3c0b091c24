import Foundation
import GGUFKit
import LlamaModel
import QuantCore
import TensorKernels
import Testing

/// Files that are no models, or damaged ones, are refused with a typed error that says where.
@Suite struct LoadingTests {
  static func error(
    of metadata: GGUFMetadata = [:], removing tensor: String? = nil,
    replacing replacement: InMemoryTensor? = nil, without key: String? = nil
  ) throws -> ModelError? {
    var random = RandomModel(seed: 1)
    random.blockCount = 1
    let file = try random.file()
    var all = file.metadata
    for (key, value) in metadata { all[key] = value }
    if let key { all[key] = nil }
    let tensors = file.tensors.compactMap { existing -> (any TensorSource)? in
      if existing.name == tensor { return nil }
      if let replacement, existing.name == replacement.name { return replacement }
      return existing
    }
    let changed = try GGUFFile(bytes: GGUFBuilder(metadata: all, tensors: tensors).serialized())
    let backend = try CPUBackend(threads: 1)
    do throws(ModelError) {
      _ = try LanguageModel(changed, backend: backend)
      return nil
    } catch {
      return error
    }
  }

  @Test("An unchanged model loads")
  func unchanged() throws {
    #expect(try Self.error() == nil)
  }

  @Test(
    "A missing key is named",
    arguments: [
      "general.architecture", "llama.context_length", "llama.embedding_length",
      "llama.block_count", "llama.attention.head_count", "llama.feed_forward_length",
    ])
  func missingKey(key: String) throws {
    let error = try #require(try Self.error(without: key))
    #expect(error.code == .invalidConfiguration)
    #expect(error.location == .key(key))
  }

  @Test("Values that make no sense are refused")
  func senselessValues() throws {
    let values: [(String, GGUFValue)] = [
      ("llama.block_count", .uint32(0)), ("llama.block_count", .uint32(.max)),
      ("llama.block_count", .string("two")), ("llama.embedding_length", .int32(-64)),
      ("llama.context_length", .uint64(.max)), ("llama.attention.head_count", .uint32(0)),
      ("llama.attention.head_count_kv", .uint32(3)),
      ("llama.rope.dimension_count", .uint32(17)), ("llama.rope.dimension_count", .uint32(64)),
      ("llama.rope.freq_base", .float32(.nan)), ("llama.rope.freq_base", .float32(0)),
      ("llama.rope.scaling.type", .string("unheard of")),
      ("llama.rope.scaling.factor", .float32(-1)),
      ("llama.attention.layer_norm_rms_epsilon", .float32(.infinity)),
      ("llama.attention.value_length", .uint32(8)),
    ]
    for (key, value) in values {
      let error = try #require(try Self.error(of: [key: value]), "\(key) = \(value)")
      #expect(error.code == .invalidConfiguration, "\(key) = \(value)")
      #expect(error.location == .key(key))
      #expect(!error.description.contains("\n"))
    }
  }

  @Test("A missing tensor is named")
  func missingTensor() throws {
    for name in ["token_embd.weight", "blk.0.attn_q.weight", "output_norm.weight"] {
      let error = try #require(try Self.error(removing: name))
      #expect(error.code == .invalidTensor)
      #expect(error.location == .tensor(name))
    }
  }

  @Test("Without output weights the embeddings serve")
  func tiedOutput() throws {
    #expect(try Self.error(removing: "output.weight") == nil)
  }

  @Test("A tensor of another shape or of a type without kernels is named")
  func wrongTensor() throws {
    let name = "blk.0.attn_k.weight"
    let narrow = try InMemoryTensor(
      name: name, shape: [32, 32], values: Array(repeating: 0, count: 1024))
    let integers = try InMemoryTensor(
      name: name, type: .i8, shape: [64, 32], bytes: Array(repeating: 0, count: 2048))
    for tensor in [narrow, integers] {
      let error = try #require(try Self.error(replacing: tensor))
      #expect(error.code == .invalidTensor)
      #expect(error.location == .tensor(name))
    }
  }

  @Test("An unknown architecture says which there are")
  func unknownArchitecture() throws {
    let error = try #require(try Self.error(of: ["general.architecture": .string("hal9000")]))
    #expect(error.code == .unsupportedArchitecture || error.code == .invalidConfiguration)
    var metadata: GGUFMetadata = [:]
    for (key, value) in try RandomModel(seed: 1).builder().metadata {
      metadata[key.replacingOccurrences(of: "llama.", with: "hal9000.")] = value
    }
    metadata[.architecture] = "hal9000"
    let file = try GGUFFile(bytes: GGUFBuilder(metadata: metadata, tensors: []).serialized())
    let refusal = #expect(throws: ModelError.self) { try LanguageModel(file) }
    #expect(refusal?.code == .unsupportedArchitecture)
    #expect(refusal?.message.contains("llama") == true)
  }

  @Test("Missing files, folders and garbage are refused")
  func notAModel() throws {
    let folder = FileManager.default.temporaryDirectory
    let garbage = folder.appending(path: "garbage-\(UInt64.random(in: 0 ... .max)).gguf")
    try Data("no model".utf8).write(to: garbage)
    defer { try? FileManager.default.removeItem(at: garbage) }
    for url in [folder, folder.appending(path: "missing.gguf"), garbage] {
      let error = #expect(throws: ModelError.self) { try LanguageModel(contentsOf: url) }
      #expect(error?.code == .invalidFile)
    }
  }

  @Test("The same seed gives the same file, another seed another")
  func randomModels() throws {
    func bytes(_ seed: UInt64) throws -> [UInt8] {
      try RandomModel(seed: seed).builder().serialized()
    }
    #expect(try bytes(1) == bytes(1))
    #expect(try bytes(1) != bytes(2))
  }
}
