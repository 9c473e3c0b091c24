import GGUFKit
import LlamaModel
import QuantCore
import TensorKernels
import TestSupport
import Testing

/// Families on random weights: what holds for each of them without a reference.
@Suite struct FamilyTests {
  /// Those without a fixture, which no test below compares with another implementation.
  static let unreferenced = Family.decoders.filter {
    ["mistral3", "qwen2moe", "granitemoe", "qwen3next", "qwen35moe"].contains($0.name)
  }

  @Test("Both backends agree", arguments: unreferenced)
  func agreement(family: Family) throws {
    let file = try family.file()
    func logits(_ backend: any Backend, batch: Int = 64) throws -> [Float] {
      try ModelSequence(
        LanguageModel(file, backend: backend), capacity: 16, cacheType: .f32
      ).append(Family.tokens, outputs: .all, batch: batch)
    }
    let (actual, expected) = (
      try logits(CPUBackend(threads: 2)), try logits(ReferenceBackend())
    )
    let largest = expected.reduce(0) { max($0, abs($1)) }
    #expect(largest.isFinite && largest > 0)
    let difference = zip(actual, expected).reduce(0) { max($0, abs($1.0 - $1.1)) }
    #expect(difference < 2e-5 * largest, "\(difference) of \(largest)")
    #expect(try logits(ReferenceBackend(), batch: 4) == expected)
  }

  @Test(
    "A prompt in one go, token by token, and trimmed and read again gives the same bits",
    arguments: Family.decoders)
  func sameBits(family: Family) throws {
    let model = try LanguageModel(family.file(), backend: CPUBackend(threads: 2))
    let tokens = Family.tokens
    func sequence() throws -> ModelSequence { try ModelSequence(model, capacity: 16) }
    let expected = try sequence().append(tokens, outputs: .all)
    #expect(expected.allSatisfy { $0.isFinite })
    for batch in [1, 3] {
      #expect(
        try sequence().append(tokens, outputs: .all, batch: batch) == expected, "batch \(batch)")
    }
    let trimmed = try sequence()
    // The wrong tokens from the fifth on, to be forgotten.
    _ = try trimmed.append(tokens[..<4] + tokens[4...].map { $0 + 1 })
    guard family.isTrimmable else {
      #expect(throws: ModelError.self) { try trimmed.trim(to: 4) }
      try trimmed.trim(to: 0)
      #expect(try trimmed.append(tokens, outputs: .all) == expected)
      return
    }
    try trimmed.trim(to: 4)
    let rest = try trimmed.append(tokens[4...], outputs: .all)
    #expect(rest == Array(expected[(4 * model.vocabularySize)...]))
  }

  /// The mean squared difference over the mean square, at most. Random weights have no redundancy:
  /// most of the error is their own rounding, and a router that chooses another expert for a token.
  static let limits: [(type: TensorType, error: Double)] = [
    (.q8_0, 0.03), (.q6K, 0.1), (.q4K, 0.5), (.q4_0, 0.7),
  ]

  @Test(
    "Quantized models run, and stay near the logits of their floats", arguments: Family.decoders)
  func quantized(family: Family) throws {
    var random = family.random()
    random.embeddingLength = 256
    random.feedForwardLength = 256
    let file = try random.file()
    let backend = try CPUBackend(threads: 2)
    func logits(_ type: TensorType?) throws -> [Float] {
      let model = try LanguageModel(
        file, backend: backend, transform: type.map { Requantized(type: $0) })
      return try ModelSequence(model, capacity: 16).append(Family.tokens, outputs: .all)
    }
    let expected = try logits(nil)
    let scale = expected.reduce(0.0) { $0 + Double($1) * Double($1) }
    // gpt-oss comes with experts of this type.
    let further: [(type: TensorType, error: Double)] =
      family.name == "gpt-oss" ? [(.mxfp4, 0.8)] : []
    for (type, limit) in Self.limits + further {
      let error = zip(try logits(type), expected).reduce(0.0) {
        $0 + (Double($1.0) - Double($1.1)) * (Double($1.0) - Double($1.1))
      }
      #expect(error < limit * scale, "\(type.name): \(error / scale)")
      #expect(error > 0, "\(type.name) has changed nothing")
    }
  }

  @Test("Encoders read both ways", arguments: ["nomic-bert", "nomic-bert-moe", "gemma-embedding"])
  func encoders(name: String) throws {
    let file = try Family(
      name: name,
      counts: [
        "attention.sliding_window": 6, "pooling_type": 2, "expert_count": 4,
        "expert_used_count": 2, "moe_every_n_layers": 2,
      ]
    ).file()
    let backends: [any Backend] = [try CPUBackend(threads: 2), ReferenceBackend()]
    var vectors: [[Float]] = []
    for backend in backends {
      let embedder = TextEmbedder(try LanguageModel(file, backend: backend))
      #expect(embedder.pooling == .cls)
      let vector = try embedder.embed(tokens: Family.tokens)
      #expect(vector.count == embedder.dimensions)
      // The first token sees the last one, through two blocks.
      var changed = Family.tokens
      changed[4] = 44
      #expect(try embedder.embed(tokens: changed) != vector)
      vectors.append(vector)
    }
    #expect(zip(vectors[0], vectors[1]).allSatisfy { abs($0 - $1) < 1e-5 })
  }

  /// Quantized matrices as floats: their rounding, and no other.
  struct Rounded: TensorTransform {
    let type: TensorType

    func transformed(_ tensor: any TensorSource) throws(QuantError) -> any TensorSource {
      try InMemoryTensor(
        name: tensor.name, shape: tensor.shape,
        values: Requantized(type: type).transformed(tensor).decoded())
    }
  }

  @Test("A quantized encoder rounds no activations", arguments: [TensorType.q8_0, .q4_0])
  func encoderActivations(type: TensorType) throws {
    let file = try Family(name: "bert").file()
    func vector(_ transform: some TensorTransform) throws -> [Float] {
      try TextEmbedder(
        LanguageModel(file, backend: CPUBackend(threads: 1), transform: transform)
      ).embed(tokens: Array(Family.tokens[..<2]))
    }
    let (actual, expected) = (
      try vector(Requantized(type: type)), try vector(Rounded(type: type))
    )
    // Activations of 8 bits would move the elements by some 1e-3.
    #expect(zip(actual, expected).allSatisfy { abs($0 - $1) < 2e-4 })
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
    let cases: [(String, String, Int)] = [
      ("qwen2moe", "expert_used_count", 5), ("qwen2moe", "expert_used_count", 0),
      ("qwen3next", "ssm.group_count", 3), ("qwen3next", "ssm.inner_size", 47),
      ("qwen3next", "ssm.conv_kernel", 0), ("mistral3", "rope.scaling.original_context_length", 0),
    ]
    for (name, key, value) in cases {
      let family = try #require(Family.decoders.first { $0.name == name })
      let file = try family.file()
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
