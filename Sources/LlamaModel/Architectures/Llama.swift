public import TensorKernels

/// Llama 1 to 3 and their kin: pre-norm blocks of grouped-query attention with rotary positions
/// and a SiLU-gated feed-forward layer.
///
/// Touvron et al., "LLaMA: Open and Efficient Foundation Language Models" (2023); Grattafiori et
/// al., "The Llama 3 Herd of Models" (2024). Covers models in the same shape that use the name,
/// such as Mistral 7B and SmolLM2.
public struct Llama: Architecture {
  /// `llama`.
  public static let names = ["llama"]

  /// Entries of the output layer.
  public let vocabularySize: Int
  private let embedding: Weight
  private let blocks: [Block]
  private let outputNorm: Weight
  private let output: Linear
  private let rotary: RotaryEmbedding
  private let configuration: ModelConfiguration

  /// Prepares the weights.
  public init(configuration: ModelConfiguration, weights: WeightLoader) throws(ModelError) {
    let width = configuration.embeddingLength
    vocabularySize = try weights.rows(of: "token_embd.weight")
    embedding = try weights.table("token_embd.weight", entries: vocabularySize, columns: width)
    let factors = try weights.values(
      "rope_freqs.weight", count: configuration.rotary.dimensions / 2)
    rotary = RotaryEmbedding(configuration.rotary, factors: factors, pairing: .adjacent)
    var blocks: [Block] = []
    for index in 0..<configuration.blockCount {
      blocks.append(try Block(index, configuration, weights))
    }
    self.blocks = blocks
    outputNorm = try weights.vector("output_norm.weight", count: width)
    // Without an output matrix of its own a model reuses the embeddings.
    output =
      weights.has("output.weight")
      ? try weights.linear("output", outputs: vocabularySize, inputs: width)
      : Linear(
        weight: try weights.matrix("token_embd.weight", outputs: vocabularySize, inputs: width))
    self.configuration = configuration
  }

  /// Key-value heads per layer.
  public var cacheHeads: [Int] { configuration.keyValueHeadCounts }

  /// Runs a step.
  public func forward(_ step: Step, on backend: any Backend) throws(ModelError) -> Activations {
    let rows = step.tokens.count
    let stream = backend.makeActivations(rows: rows, columns: configuration.embeddingLength)
    backend.gather(step.tokens, from: embedding, into: stream)
    let rotation = rotary.rotation(at: step.positions, on: backend)
    for block in blocks {
      try step.checkCancellation()
      block(stream, rotation: rotation, step: step, on: backend)
    }
    let last = backend.makeActivations(
      rows: step.outputs.count, columns: configuration.embeddingLength)
    backend.select(step.outputs, of: stream, into: last)
    let logits = backend.makeActivations(rows: step.outputs.count, columns: vocabularySize)
    backend.project(
      last, norm: outputNorm, epsilon: configuration.normEpsilon, through: [output],
      into: [logits])
    return logits
  }
}

extension Llama {
  /// x += attention(norm(x)); x += feedForward(norm(x)).
  fileprivate struct Block: Sendable {
    let attention: Attention
    let feedForward: FeedForward

    init(
      _ index: Int, _ configuration: ModelConfiguration, _ weights: WeightLoader
    ) throws(ModelError) {
      attention = try Attention(index, configuration, weights)
      feedForward = try FeedForward(index, configuration, weights)
    }

    func callAsFunction(
      _ stream: Activations, rotation: Rotation, step: Step, on backend: any Backend
    ) {
      attention(stream, rotation: rotation, step: step, on: backend)
      feedForward(stream, on: backend)
    }
  }

  /// Grouped-query attention (Ainslie et al., "GQA", 2023).
  fileprivate struct Attention: Sendable {
    let layer: Int
    let shape: AttentionShape
    let epsilon: Float
    let norm: Weight
    let query: Linear
    let key: Linear
    let value: Linear
    let output: Linear

    init(
      _ index: Int, _ configuration: ModelConfiguration, _ weights: WeightLoader
    ) throws(ModelError) {
      layer = index
      shape = AttentionShape(
        heads: configuration.headCounts[index],
        keyValueHeads: configuration.keyValueHeadCounts[index],
        headDimension: configuration.headDimension)
      epsilon = configuration.normEpsilon
      let width = configuration.embeddingLength
      let queries = shape.heads * shape.headDimension
      let shared = shape.keyValueHeads * shape.headDimension
      let prefix = "blk.\(index)."
      norm = try weights.vector(prefix + "attn_norm.weight", count: width)
      query = try weights.linear(prefix + "attn_q", outputs: queries, inputs: width)
      key = try weights.linear(prefix + "attn_k", outputs: shared, inputs: width)
      value = try weights.linear(prefix + "attn_v", outputs: shared, inputs: width)
      output = try weights.linear(prefix + "attn_output", outputs: width, inputs: queries)
    }

    func callAsFunction(
      _ stream: Activations, rotation: Rotation, step: Step, on backend: any Backend
    ) {
      let queries = backend.makeActivations(rows: stream.rows, columns: query.outputs)
      let keys = backend.makeActivations(rows: stream.rows, columns: key.outputs)
      let values = backend.makeActivations(rows: stream.rows, columns: value.outputs)
      backend.project(
        stream, norm: norm, epsilon: epsilon, through: [query, key, value],
        into: [queries, keys, values])
      backend.rotateAndStore(
        queries: queries, keys: keys, values: values, rotation: rotation,
        headDimension: shape.headDimension, layer: layer, in: step.slices)
      let mixed = backend.makeActivations(rows: stream.rows, columns: query.outputs)
      backend.attend(queries, shape: shape, layer: layer, over: step.slices, into: mixed)
      backend.accumulate(mixed, through: output, into: stream)
    }
  }

  /// down(silu(gate(x)) · up(x)) (Shazeer, "GLU Variants Improve Transformer", 2020).
  fileprivate struct FeedForward: Sendable {
    let epsilon: Float
    let norm: Weight
    let gate: Linear
    let up: Linear
    let down: Linear

    init(
      _ index: Int, _ configuration: ModelConfiguration, _ weights: WeightLoader
    ) throws(ModelError) {
      epsilon = configuration.normEpsilon
      let width = configuration.embeddingLength
      let hidden = configuration.feedForwardLengths[index]
      let prefix = "blk.\(index)."
      norm = try weights.vector(prefix + "ffn_norm.weight", count: width)
      gate = try weights.linear(prefix + "ffn_gate", outputs: hidden, inputs: width)
      up = try weights.linear(prefix + "ffn_up", outputs: hidden, inputs: width)
      down = try weights.linear(prefix + "ffn_down", outputs: width, inputs: hidden)
    }

    func callAsFunction(_ stream: Activations, on backend: any Backend) {
      let hidden = backend.makeActivations(rows: stream.rows, columns: gate.outputs)
      backend.gatedProject(
        stream, norm: norm, epsilon: epsilon, gate: gate, up: up, function: .silu, into: hidden)
      backend.accumulate(hidden, through: down, into: stream)
    }
  }
}

extension Llama {
  /// The tensors of a model with separate output weights and no biases.
  public static func tensors(
    of configuration: ModelConfiguration, vocabularySize: Int
  ) -> [TensorDescription] {
    let width = configuration.embeddingLength
    var tensors: [TensorDescription] = [
      .matrix("token_embd.weight", outputs: vocabularySize, inputs: width)
    ]
    for index in 0..<configuration.blockCount {
      let queries = configuration.headCounts[index] * configuration.headDimension
      let shared = configuration.keyValueHeadCounts[index] * configuration.headDimension
      let hidden = configuration.feedForwardLengths[index]
      let prefix = "blk.\(index)."
      tensors += [
        .norm(prefix + "attn_norm.weight", count: width),
        .matrix(prefix + "attn_q.weight", outputs: queries, inputs: width),
        .matrix(prefix + "attn_k.weight", outputs: shared, inputs: width),
        .matrix(prefix + "attn_v.weight", outputs: shared, inputs: width),
        .matrix(prefix + "attn_output.weight", outputs: width, inputs: queries),
        .norm(prefix + "ffn_norm.weight", count: width),
        .matrix(prefix + "ffn_gate.weight", outputs: hidden, inputs: width),
        .matrix(prefix + "ffn_up.weight", outputs: hidden, inputs: width),
        .matrix(prefix + "ffn_down.weight", outputs: width, inputs: hidden),
      ]
    }
    return tensors + [
      .norm("output_norm.weight", count: width),
      .matrix("output.weight", outputs: vocabularySize, inputs: width),
    ]
  }
}
