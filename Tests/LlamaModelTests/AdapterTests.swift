import Foundation
import GGUFKit
import LlamaModel
import QuantCore
import TensorKernels
import TestSupport
import Testing

/// Low-rank adapters: applied beside the weights, and merged into them.
@Suite struct AdapterTests {
  /// An adapter file that changes the tensors of `model` whose names match.
  static func file(
    for model: GGUFFile, changing names: [String], rank: Int = 3, alpha: Float = 6,
    seed: UInt64, edit: (inout GGUFMetadata, inout [InMemoryTensor]) throws -> Void = { _, _ in }
  ) throws -> GGUFFile {
    var random = SeededRandom(seed: seed)
    var tensors: [InMemoryTensor] = []
    for tensor in model.tensors
    where tensor.shape.count > 1 && names.contains(where: { tensor.name.contains($0) }) {
      let stack = tensor.shape.count > 2 ? [tensor.shape[2]] : []
      let (columns, rows) = (tensor.shape[0], tensor.shape[1])
      let isTable = tensor.name == "token_embd.weight"
      for (half, shape) in [
        ("lora_a", isTable ? [rank, rows] : [columns, rank] + stack),
        ("lora_b", isTable ? [rank, columns] : [rank, rows] + stack),
      ] {
        tensors.append(
          try InMemoryTensor(
            name: "\(tensor.name).\(half)", shape: shape,
            values: random.gaussian(count: shape.reduce(1, *), scale: 0.2)))
      }
    }
    var metadata: GGUFMetadata = [:]
    metadata[.architecture] = model.metadata[.architecture]
    metadata["general.type"] = .string("adapter")
    metadata["adapter.type"] = .string("lora")
    metadata["adapter.lora.alpha"] = .float32(alpha)
    try edit(&metadata, &tensors)
    return try GGUFFile(bytes: GGUFBuilder(metadata: metadata, tensors: tensors).serialized())
  }

  static func logits(_ model: LanguageModel, batch: Int = 64) throws -> [Float] {
    try ModelSequence(model, capacity: 16, cacheType: .f32)
      .append(Family.tokens, outputs: .all, batch: batch)
  }

  static func distance(_ a: [Float], _ b: [Float]) -> Double {
    zip(a, b).reduce(0.0) { $0 + pow(Double($1.0 - $1.1), 2) }
      / b.reduce(0.0) { $0 + Double($1) * Double($1) }
  }

  /// Families whose layers read their weights in different ways, and what is changed in them.
  static let cases: [(family: String, experts: Bool, names: [String])] = [
    ("llama", false, ["attn_", "ffn_down.w", "ffn_up.w", "output.weight"]),
    ("llama", false, ["token_embd"]),
    ("gemma", false, ["ffn_", "token_embd"]),
    ("llama", true, ["_exps", "ffn_gate_inp"]),
    ("deepseek2", true, ["attn_k_b", "attn_v_b", "attn_q_a", "ffn_down"]),
    ("qwen35", false, ["ssm_out", "attn_qkv", "attn_q.w"]),
  ]

  static func file(_ name: String, experts: Bool) throws -> GGUFFile {
    let family = Family.decoders.first {
      $0.name == name && ($0.counts["expert_count"] != nil) == experts
    }
    return try #require(family).file()
  }

  @Test("Beside the weights and merged into them is the same", arguments: cases)
  func merging(family: String, experts: Bool, names: [String]) throws {
    let file = try Self.file(family, experts: experts)
    // Without its own output matrix the embeddings' change counts twice.
    let tied = try GGUFFile(
      bytes: GGUFBuilder(
        metadata: file.metadata,
        tensors: file.tensors.filter { $0.name != "output.weight" || !names.contains("token_embd") }
      ).serialized())
    let adapter = try LoRAAdapter(Self.file(for: tied, changing: names, seed: 3)).scaled(to: 0.7)
    #expect(!adapter.tensorNames.isEmpty)
    for backend in [try CPUBackend(threads: 2), ReferenceBackend()] as [any Backend] {
      let plain = try LanguageModel(tied, backend: backend)
      let adapted = try Self.logits(plain.adapted(by: [adapter]))
      let merged = try Self.logits(
        LanguageModel(
          tied, backend: backend, transform: MergedAdapters([adapter], into: tied)))
      #expect(Self.distance(adapted, merged) < 1e-10, "\(backend.name)")
      #expect(Self.distance(try Self.logits(plain), merged) > 1e-3, "\(backend.name)")
      #expect(try Self.logits(plain.adapted(by: [adapter]), batch: 2) == adapted)
    }
  }

  @Test("Adapters come and go, several at once, and the weights are shared")
  func swapping() throws {
    let file = try Self.file("llama", experts: false)
    let plain = try LanguageModel(file, backend: CPUBackend(threads: 1))
    let expected = try Self.logits(plain)
    let adapters = try [3, 4].map {
      try LoRAAdapter(Self.file(for: file, changing: ["attn_q", "ffn_down"], seed: $0))
    }
    let both = try plain.adapted(by: adapters)
    #expect(both.adapters.count == 2)
    let merged = try LanguageModel(
      file, backend: plain.backend, transform: MergedAdapters(adapters, into: file))
    #expect(Self.distance(try Self.logits(both), try Self.logits(merged)) < 1e-10)
    #expect(try Self.logits(both.adapted(by: [adapters[0].scaled(to: 0)])) == expected)
    #expect(try Self.logits(both.adapted(by: [])) == expected)
    #expect(try Self.logits(plain) == expected)
    // A sequence that was read with one adapter is no sequence of another.
    let sequence = try ModelSequence(both, capacity: 8)
    _ = try sequence.append([5])
    let saved = try GGUFFile(bytes: sequence.saved())
    #expect(try ModelSequence(plain.adapted(by: adapters), restoring: saved).tokens == [5])
    let error = #expect(throws: ModelError.self) { try ModelSequence(plain, restoring: saved) }
    #expect(error?.code == .modelMismatch)
  }

  @Test("A merged file loads as a model of its own")
  func mergedFile() throws {
    let file = try Self.file("llama", experts: false)
    let adapter = try LoRAAdapter(Self.file(for: file, changing: ["attn_q"], seed: 3))
    let path = FileManager.default.temporaryDirectory
      .appending(path: "cria-merged-\(UInt64.random(in: .min ... .max)).gguf")
    defer { try? FileManager.default.removeItem(at: path) }
    try MergedAdapters([adapter], into: file).write(file, toPath: path.path)
    let backend = try CPUBackend(threads: 1)
    let merged = try Self.logits(LanguageModel(contentsOf: path, backend: backend))
    let adapted = try Self.logits(LanguageModel(file, backend: backend).adapted(by: [adapter]))
    #expect(Self.distance(adapted, merged) < 1e-10)
  }

  @Test("What is no adapter, or one for another model, is refused")
  func refusals() throws {
    let file = try Self.file("llama", experts: false)
    let model = try LanguageModel(file, backend: CPUBackend(threads: 1))
    func code(
      _ edit: (inout GGUFMetadata, inout [InMemoryTensor]) throws -> Void
    ) throws -> ModelError.Code? {
      let file = try Self.file(for: file, changing: ["attn_q"], seed: 5, edit: edit)
      do throws(ModelError) {
        _ = try model.adapted(by: [LoRAAdapter(file)])
        return nil
      } catch {
        return error.code
      }
    }
    func renamed(_ tensor: InMemoryTensor, _ name: String, _ shape: [Int]? = nil) throws
      -> InMemoryTensor
    {
      try InMemoryTensor(
        name: name, type: tensor.type, shape: shape ?? tensor.shape, bytes: tensor.bytes)
    }
    #expect(try code { _, _ in } == nil)
    #expect(try code { metadata, _ in metadata["general.type"] = nil } == .invalidFile)
    #expect(
      try code {
        $0["adapter.type"] = .string("other"); _ = $1
      } == .invalidFile)
    #expect(
      try code {
        $0["adapter.lora.alpha"] = .float32(.nan); _ = $1
      } == .invalidFile)
    #expect(try code { metadata, _ in metadata[.architecture] = "qwen2" } == .modelMismatch)
    #expect(
      try code {
        $1.removeLast(); _ = $0
      } == .invalidTensor)
    #expect(
      try code {
        $1.removeFirst(); _ = $0
      } == .invalidTensor)
    #expect(
      try code { _, tensors in
        tensors[0] = try renamed(tensors[0], "blk.9.attn_q.weight.lora_a")
        tensors[1] = try renamed(tensors[1], "blk.9.attn_q.weight.lora_b")
      } == .modelMismatch)
    #expect(
      try code { _, tensors in
        let shape = Array(tensors[0].shape.reversed())
        tensors[0] = try renamed(tensors[0], tensors[0].name, shape)
      } == .modelMismatch)
    #expect(
      try code { _, tensors in
        tensors[0] = try renamed(tensors[0], "output_norm.weight.lora_a")
        tensors[1] = try renamed(tensors[1], "output_norm.weight.lora_b")
      } == .modelMismatch)
    #expect(throws: ModelError.self) { try LoRAAdapter(file) }
  }
}
