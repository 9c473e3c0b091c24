import GGUFKit
import LlamaModel
import QuantCore
import TensorKernels
import TestSupport
import Testing

/// A family as a random model, and the metadata that it needs beside what every model has.
struct Family: Sendable, CustomTestStringConvertible {
  var name: String
  var counts: [String: Int] = [:]
  var rates: [String: Float] = [:]
  var text: [String: String] = [:]
  /// One value per block.
  var perBlock: [String: [Int]] = [:]
  /// Whether a sequence can go back to any position.
  var isTrimmable = true
  var blocks = 2
  var testDescription: String { name + (counts["expert_count"] == nil ? "" : " with experts") }

  static let experts = [
    "expert_count": 4, "expert_used_count": 2, "expert_feed_forward_length": 32,
    "expert_shared_feed_forward_length": 64,
  ]
  static let states = [
    "ssm.conv_kernel": 3, "ssm.state_size": 8, "ssm.group_count": 2, "ssm.time_step_rank": 4,
    "ssm.inner_size": 32, "full_attention_interval": 2,
  ]
  static let latent = [
    "attention.q_lora_rank": 32, "attention.kv_lora_rank": 32, "attention.key_length_mla": 24,
    "attention.value_length_mla": 16, "rope.dimension_count": 8, "attention.head_count_kv": 1,
    "leading_dense_block_count": 1, "expert_shared_count": 1,
  ]

  /// Every family that predicts tokens, the ones with experts in some models once more with them.
  static let decoders: [Family] = [
    Family(name: "llama"),
    Family(name: "llama", counts: experts),
    Family(
      name: "mistral3",
      counts: ["rope.scaling.original_context_length": 4],
      rates: ["attention.temperature_scale": 0.1, "rope.scaling.factor": 4],
      text: ["rope.scaling.type": "yarn"]),
    Family(name: "qwen2"),
    Family(name: "qwen2moe", counts: experts),
    Family(name: "qwen3"),
    Family(name: "qwen3moe", counts: experts),
    Family(name: "qwen3next", counts: merged(experts, states), isTrimmable: false),
    Family(name: "qwen35", counts: states, isTrimmable: false),
    Family(name: "qwen35moe", counts: merged(experts, states), isTrimmable: false),
    Family(name: "gemma"),
    Family(
      name: "gemma2", counts: ["attention.sliding_window": 5],
      rates: ["attn_logit_softcapping": 20, "final_logit_softcapping": 30]),
    Family(name: "gemma3", counts: ["attention.sliding_window": 5]),
    Family(
      name: "gemma4",
      counts: [
        "attention.sliding_window": 5, "attention.sliding_window_pattern": 2,
        "embedding_length_per_layer_input": 32, "attention.shared_kv_layers": 1,
        "attention.key_length": 32, "attention.key_length_swa": 16,
      ], blocks: 3),
    Family(name: "phi2", counts: ["rope.dimension_count": 8]),
    Family(name: "phi3", counts: ["attention.sliding_window": 5]),
    Family(name: "falcon"),
    Family(name: "gpt-oss", counts: merged(experts, ["attention.sliding_window": 5])),
    Family(name: "gpt2"),
    Family(name: "starcoder2"),
    Family(name: "stablelm", counts: ["rope.dimension_count": 8]),
    Family(
      name: "granite", rates: ["logit_scale": 4, "residual_scale": 0.5, "embedding_scale": 3]),
    Family(
      name: "granitemoe", counts: experts,
      rates: ["logit_scale": 4, "residual_scale": 0.5, "embedding_scale": 3]),
    Family(name: "olmo2"),
    Family(name: "smollm3", blocks: 4),
    Family(
      name: "cohere2",
      counts: ["attention.sliding_window": 5, "attention.sliding_window_pattern": 2],
      rates: ["logit_scale": 0.3]),
    Family(name: "deepseek2", counts: merged(experts, latent)),
    Family(name: "nemotron", counts: ["rope.dimension_count": 8]),
    Family(
      name: "lfm2", counts: ["shortconv.l_cache": 3],
      perBlock: ["attention.head_count_kv": [0, 2]], isTrimmable: false),
  ]

  private static func merged(_ a: [String: Int], _ b: [String: Int]) -> [String: Int] {
    a.merging(b) { $1 }
  }

  /// The family's metadata, for a model with its tensors.
  func random(seed: UInt64 = 8) -> RandomModel {
    var random = RandomModel(seed: seed)
    random.architecture = name
    random.blockCount = blocks
    random.contextLength = 64
    for (key, value) in counts { random.metadata["\(name).\(key)"] = .uint32(UInt32(value)) }
    for (key, value) in rates { random.metadata["\(name).\(key)"] = .float32(value) }
    for (key, value) in text { random.metadata["\(name).\(key)"] = .string(GGUFString(value)) }
    for (key, values) in perBlock {
      random.metadata["\(name).\(key)"] = .array(.uint32(values.map { UInt32($0) }))
    }
    return random
  }

  /// A model of the family with random weights.
  func file(seed: UInt64 = 8) throws -> GGUFFile {
    let random = random(seed: seed)
    let file = try random.file()
    guard name.hasPrefix("qwen"), counts["expert_count"] != nil else { return file }
    // What random models leave out because files need not have it.
    var generator = SeededRandom(seed: seed + 1)
    let gates = try (0..<blocks).map { block -> any TensorSource in
      try InMemoryTensor(
        name: "blk.\(block).ffn_gate_inp_shexp.weight", shape: [random.embeddingLength],
        values: generator.gaussian(count: random.embeddingLength))
    }
    let tensors: [any TensorSource] = file.tensors
    return try GGUFFile(
      bytes: GGUFBuilder(metadata: file.metadata, tensors: tensors + gates).serialized())
  }

  /// Ids of random models' vocabulary, longer than the windows above.
  static let tokens = [5, 9, 30, 31, 7, 8, 60, 61, 33, 12, 40]
}

/// Matrices as another type, by the kernels: plain Swift is slow in debug builds.
struct Requantized: TensorTransform {
  let type: TensorType

  func transformed(_ tensor: any TensorSource) throws(QuantError) -> any TensorSource {
    let isMatrix =
      tensor.shape.count > 1 && tensor.name.hasSuffix(".weight")
      && !["norm", "conv", "ssm_a"].contains { tensor.name.contains($0) }
    guard isMatrix, tensor.columns.isMultiple(of: type.blockSize) else { return tensor }
    let values = try tensor.decoded()
    var bytes = [UInt8](
      repeating: 0, count: values.count / type.blockSize * type.blockBytes)
    var span = bytes.mutableSpan
    var blocks = span.mutableBytes
    try KernelQuantizer().encode(
      values.span,
      of: TensorRows(
        tensor: tensor.name, type: type, columns: tensor.columns, firstRow: 0, count: tensor.rows),
      importance: nil, into: &blocks)
    return try InMemoryTensor(name: tensor.name, type: type, shape: tensor.shape, bytes: bytes)
  }
}
