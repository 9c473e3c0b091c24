import GGUFKit
import LlamaModel
import QuantCore
import TensorKernels
import TestSupport
import Testing

/// Families on random weights: what holds for each of them without a reference.
@Suite struct FamilyTests {
  /// A family without a fixture, and the metadata that it needs beside what every model has.
  struct Family: Sendable, CustomTestStringConvertible {
    var name: String
    var extra: [String: Int] = [:]
    var rates: [String: Float] = [:]
    var text: [String: String] = [:]
    var testDescription: String { name }
  }

  static let experts = [
    "expert_count": 4, "expert_used_count": 2, "expert_feed_forward_length": 48,
    "expert_shared_feed_forward_length": 80,
  ]
  static let states = [
    "ssm.conv_kernel": 3, "ssm.state_size": 8, "ssm.group_count": 2, "ssm.time_step_rank": 4,
    "ssm.inner_size": 48, "full_attention_interval": 2,
  ]

  static let families: [Family] = [
    Family(
      name: "mistral3",
      extra: ["rope.scaling.original_context_length": 4, "attention.key_length": 24],
      rates: ["attention.temperature_scale": 0.1, "rope.scaling.factor": 4],
      text: ["rope.scaling.type": "yarn"]),
    Family(name: "qwen2moe", extra: experts),
    Family(
      name: "granitemoe", extra: experts,
      rates: ["logit_scale": 4, "residual_scale": 0.5, "embedding_scale": 3]),
    Family(name: "qwen3next", extra: experts.merging(states) { $1 }),
    Family(name: "qwen35moe", extra: experts.merging(states) { $1 }),
  ]

  static func file(_ family: Family) throws -> GGUFFile {
    var random = RandomModel(seed: 8)
    random.architecture = family.name
    for (key, value) in family.extra {
      random.metadata["\(family.name).\(key)"] = .uint32(UInt32(value))
    }
    for (key, value) in family.rates { random.metadata["\(family.name).\(key)"] = .float32(value) }
    for (key, value) in family.text {
      random.metadata["\(family.name).\(key)"] = .string(GGUFString(value))
    }
    let file = try random.file()
    guard family.name.hasPrefix("qwen") else { return file }
    // What random models leave out because files need not have it.
    var generator = SeededRandom(seed: 9)
    let gates = try (0..<random.blockCount).map { block -> any TensorSource in
      try InMemoryTensor(
        name: "blk.\(block).ffn_gate_inp_shexp.weight", shape: [random.embeddingLength],
        values: generator.gaussian(count: random.embeddingLength))
    }
    let tensors: [any TensorSource] = file.tensors
    return try GGUFFile(
      bytes: GGUFBuilder(metadata: file.metadata, tensors: tensors + gates).serialized())
  }

  static let tokens = [5, 9, 30, 31, 7, 8, 60, 61, 33, 12, 40]

  @Test("Both backends agree, and steps of any size give the same bits", arguments: families)
  func agreement(family: Family) throws {
    let file = try Self.file(family)
    let cpu = try LanguageModel(file, backend: CPUBackend(threads: 2))
    let reference = try LanguageModel(file, backend: ReferenceBackend())
    func logits(_ model: LanguageModel, batch: Int = 64) throws -> [Float] {
      try ModelSequence(model, capacity: 16, cacheType: .f32)
        .append(Self.tokens, outputs: .all, batch: batch)
    }
    let (actual, expected) = (try logits(cpu), try logits(reference))
    let largest = expected.reduce(0) { max($0, abs($1)) }
    #expect(largest.isFinite && largest > 0)
    let difference = zip(actual, expected).reduce(0) { max($0, abs($1.0 - $1.1)) }
    #expect(difference < 2e-5 * largest, "\(difference) of \(largest)")
    for batch in [1, 3] { #expect(try logits(cpu, batch: batch) == actual, "batch \(batch)") }
    #expect(try logits(reference, batch: 4) == expected)
  }

  @Test("Encoders read both ways", arguments: ["nomic-bert", "gemma-embedding"])
  func encoders(name: String) throws {
    let file = try Self.file(
      Family(name: name, extra: ["attention.sliding_window": 6, "pooling_type": 2]))
    let backends: [any Backend] = [try CPUBackend(threads: 2), ReferenceBackend()]
    var vectors: [[Float]] = []
    for backend in backends {
      let embedder = TextEmbedder(try LanguageModel(file, backend: backend))
      #expect(embedder.pooling == .cls)
      let vector = try embedder.embed(tokens: Self.tokens)
      #expect(vector.count == embedder.dimensions)
      // The first token sees the last one, through two blocks.
      var changed = Self.tokens
      changed[4] = 44
      #expect(try embedder.embed(tokens: changed) != vector)
      vectors.append(vector)
    }
    #expect(zip(vectors[0], vectors[1]).allSatisfy { abs($0 - $1) < 1e-5 })
  }

  @Test("A decoder embeds its last token")
  func decoderEmbedding() throws {
    let model = try LanguageModel.random(seed: 4, backend: CPUBackend(threads: 1))
    let embedder = TextEmbedder(model)
    #expect(embedder.pooling == .last)
    let vector = try embedder.embed(tokens: [5, 6, 7])
    #expect(abs(vector.reduce(0) { $0 + $1 * $1 } - 1) < 1e-5)
    #expect(try embedder.embed(tokens: [8, 6, 7]) != vector)
    #expect(throws: ModelError.self) { try embedder.embed(tokens: [-1]) }
  }

  @Test("Values that make no sense are refused, whatever the family")
  func senselessValues() throws {
    let cases: [(Int, String, Int)] = [
      (1, "expert_used_count", 5), (1, "expert_used_count", 0), (3, "ssm.group_count", 3),
      (3, "ssm.inner_size", 47), (3, "ssm.conv_kernel", 0),
      (0, "rope.scaling.original_context_length", 0),
    ]
    for (index, key, value) in cases {
      var family = Self.families[index]
      let file = try Self.file(family)
      family.extra[key] = value
      var metadata = file.metadata
      metadata["\(family.name).\(key)"] = .uint32(UInt32(value))
      let changed = try GGUFFile(
        bytes: GGUFBuilder(metadata: metadata, tensors: file.tensors).serialized())
      let error = #expect(throws: ModelError.self, "\(family.name) \(key) = \(value)") {
        try LanguageModel(changed, backend: ReferenceBackend())
      }
      #expect(error?.code == .invalidConfiguration, "\(family.name) \(key) = \(value)")
    }
  }
}

/// Families with quantized weights.
@Suite(.enabled(if: Fixtures.isAvailable, "\(Fixtures.missing)"))
struct QuantizedFamilyTests {
  /// A fixture's model with its matrices stored as `type`.
  static func file(_ folder: String, as type: TensorType) throws -> GGUFFile {
    let float = try GGUFFile(contentsOf: Fixtures.url("architectures/\(folder)/model.gguf"))
    let tensors = try float.tensors.map { tensor -> any TensorSource in
      let isMatrix =
        tensor.shape.count > 1 && tensor.name.hasSuffix(".weight")
        && !tensor.name.contains("norm") && !tensor.name.contains("conv")
      guard isMatrix, tensor.columns.isMultiple(of: type.blockSize) else { return tensor }
      return try InMemoryTensor(
        name: tensor.name, shape: tensor.shape, values: tensor.decoded(), as: type)
    }
    return try GGUFFile(
      bytes: GGUFBuilder(metadata: float.metadata, tensors: tensors).serialized())
  }

  /// Random weights have no redundancy, and heads of 16 elements little to average over: most of
  /// the error is the weights' own rounding, which a router or a recurrent state passes on.
  static let limits: [(type: TensorType, error: Double)] = [(.q8_0, 0.03), (.q4_0, 0.7)]

  @Test("Quantized models stay near", arguments: FixtureLogitsTests.decoders)
  func quantized(folder: String) throws {
    let reference = try FixtureLogitsTests.reference(folder)
    for (type, limit) in Self.limits {
      let model = try LanguageModel(
        Self.file(folder, as: type), backend: CPUBackend(threads: 2),
        tokenizer: FixtureLogitsTests.NoTokenizer())
      let sequence = try ModelSequence(model, capacity: reference.rows)
      let logits = try sequence.append(reference.tokens, outputs: .all)
      let error = try FixtureLogitsTests.error(logits, folder)
      #expect(error < limit, "\(type.name): \(error)")
      let single = try ModelSequence(model, capacity: reference.rows)
      #expect(try single.append(reference.tokens, outputs: .all, batch: 1) == logits)
    }
  }
}
