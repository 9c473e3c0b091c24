import GGUFKit
public import TensorKernels

/// Multi-head latent attention: what is stored of a position is one compressed vector for all
/// heads, and one rotated key.
///
/// DeepSeek-AI, "DeepSeek-V2" (2024), whose matrices between the compressed vector and the heads
/// are multiplied with queries and results here, so that nothing is ever decompressed.
public struct LatentAttention: Branch {
  let layer: Int
  let shape: AttentionShape
  let rotary: RotaryEmbedding
  /// Elements of a head's query that meet the compressed vector, and elements that rotate.
  let plain: Int
  let rotated: Int
  let rank: Int
  /// The compressed query and its norm, where the model compresses queries.
  let compression: (linear: Linear, norm: Normalization)?
  let query: Linear
  /// To the compressed vector, and to the rotated key.
  let inputs: [Linear]
  let norm: Normalization
  /// Per head, from queries to the compressed space and from there to values.
  let keys: [Linear]
  let values: [Linear]
  let output: Linear

  /// Loads `attn_q` (or `attn_q_a`, `attn_q_a_norm` and `attn_q_b`), `attn_kv_a_mqa`,
  /// `attn_kv_a_norm`, `attn_k_b`, `attn_v_b` and `attn_output`.
  ///
  /// - Parameters:
  ///   - weights: The block's weights.
  ///   - rotary: The rotated part's positions.
  ///   - temperature: What scores are multiplied with beside 1 / √head dimension.
  public init(
    _ weights: LayerWeights, rotary: RotaryEmbedding, temperature: Float = 1
  ) throws(ModelError) {
    let (configuration, width) = (weights.configuration, weights.width)
    let parameters = configuration.hyperparameters
    let heads = configuration.headCounts[weights.index]
    let size = try parameters.count(.latentKeyLength, upTo: 1 << 16)
    let valueSize = try parameters.count(.latentValueLength, upTo: 1 << 16)
    rank = try parameters.count(.keyValueRank, upTo: 1 << 16)
    rotated = configuration.rotary.dimensions
    guard size > rotated else {
      throw parameters.invalid(
        .latentKeyLength, "\(size) elements of a key, \(rotated) of which rotate")
    }
    plain = size - rotated
    let queryRank = try parameters.countOrZero(.queryRank, upTo: 1 << 16)
    if queryRank > 0, !weights.has("attn_q.weight") {
      compression = (
        try weights.linear("attn_q_a", outputs: queryRank, inputs: width),
        try weights.norm("attn_q_a_norm", size: queryRank)
      )
      query = try weights.linear("attn_q_b", outputs: heads * size, inputs: queryRank)
    } else {
      compression = nil
      query = try weights.linear("attn_q", outputs: heads * size, inputs: width)
    }
    inputs = try weights.linears("attn_kv_a_mqa", outputs: [rank, rotated], inputs: width)
    norm = try weights.norm("attn_kv_a_norm", size: rank)
    keys = try weights.all.experts(
      weights.name("attn_k_b"), count: heads, outputs: rank, inputs: plain)
    values = try weights.all.experts(
      weights.name("attn_v_b"), count: heads, outputs: valueSize, inputs: rank)
    output = try weights.linear("attn_output", outputs: width, inputs: heads * valueSize)
    shape = AttentionShape(
      heads: heads, keyValueHeads: 1, headDimension: rank + rotated, valueDimension: rank,
      scale: temperature / Float(size).squareRoot())
    layer = weights.index
    self.rotary = rotary
  }

  /// The compressed vector and the rotated key of every position.
  public var memory: LayerMemory? {
    .attention(heads: 1, keyDimension: rank + rotated, valueDimension: nil)
  }

  /// Stores the rows' compressed vectors, and attends.
  public func callAsFunction(
    _ x: Activations, norm: Normalization?, in pass: ForwardPass
  ) -> BranchOutput {
    let (backend, slices) = (pass.backend, pass.step.slices)
    let x = backend.normalized(x, norm)
    func make(_ columns: Int) -> Activations {
      backend.makeActivations(rows: x.rows, columns: columns)
    }
    let (latent, rotatedKey) = (make(rank), make(rotated))
    backend.project(x, norm: nil, through: inputs, into: [latent, rotatedKey])
    backend.normalize(latent, self.norm, into: latent)
    let rotation = pass.rotation(rotary)
    backend.rotate(rotatedKey, by: rotation, headDimension: rotated)
    let stored = make(rank + rotated)
    backend.copyColumns(ColumnRuns(width: rank), of: latent, into: stored)
    backend.copyColumns(ColumnRuns(width: rotated, to: (rank, 0)), of: rotatedKey, into: stored)
    backend.store(keys: stored, values: stored, layer: layer, in: slices)

    let queries = compressedQueries(of: x, rotation: rotation, on: backend)
    let mixed = make(shape.heads * rank)
    backend.attend(queries, shape: shape, layer: layer, over: slices, into: mixed)
    let size = values[0].outputs
    let results = make(shape.heads * size)
    for (head, value) in values.enumerated() {
      let (part, result) = (make(rank), make(size))
      backend.copyColumns(ColumnRuns(width: rank, from: (head * rank, 0)), of: mixed, into: part)
      backend.project(part, norm: nil, through: [value], into: [result])
      backend.copyColumns(
        ColumnRuns(width: size, to: (head * size, 0)), of: result, into: results)
    }
    return .unprojected(results, output)
  }

  /// Each head's query in the compressed space, and behind it its rotated part.
  private func compressedQueries(
    of x: Activations, rotation: Rotation, on backend: any Backend
  ) -> Activations {
    let (heads, size) = (shape.heads, plain + rotated)
    func make(_ columns: Int) -> Activations {
      backend.makeActivations(rows: x.rows, columns: columns)
    }
    let all = make(query.outputs)
    if let compression {
      let compressed = make(compression.linear.outputs)
      backend.project(x, norm: nil, through: [compression.linear], into: [compressed])
      backend.project(compressed, norm: compression.norm, through: [query], into: [all])
    } else {
      backend.project(x, norm: nil, through: [query], into: [all])
    }
    let turned = make(heads * rotated)
    backend.copyColumns(
      ColumnRuns(count: heads, width: rotated, from: (plain, size), to: (0, rotated)),
      of: all, into: turned)
    backend.rotate(turned, by: rotation, headDimension: rotated)
    let queries = make(heads * shape.headDimension)
    backend.copyColumns(
      ColumnRuns(
        count: heads, width: rotated, from: (0, rotated), to: (rank, shape.headDimension)),
      of: turned, into: queries)
    for (head, key) in keys.enumerated() {
      let (part, result) = (make(plain), make(rank))
      backend.copyColumns(ColumnRuns(width: plain, from: (head * size, 0)), of: all, into: part)
      backend.project(part, norm: nil, through: [key], into: [result])
      backend.copyColumns(
        ColumnRuns(width: rank, to: (head * shape.headDimension, 0)), of: result, into: queries)
    }
    return queries
  }
}
