import GGUFKit
public import TensorKernels

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif
#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Grouped-query attention (Ainslie et al., "GQA", 2023), and what families add to it.
public struct Attention: Branch {
  /// What differs from family to family.
  public struct Options: Sendable {
    /// Elements of a head; the configuration's unless set.
    public var headDimension: Int?
    /// How positions are encoded; nil for not at all.
    public var rotary: RotaryEmbedding?
    /// How many positions a row sees; nil for all.
    public var window: Int?
    /// What scores are multiplied with; 1 / √headDimension unless set.
    public var scale: Float?
    /// The bound of the scores.
    public var softcap: Float?
    /// Whether rows see only what comes before them.
    public var isCausal = true
    /// What queries and keys are divided by, from the weights `attn_q_norm` and `attn_k_norm`.
    public var norms: HeadNorms?
    /// Whether values are divided by their root mean square (Gemma 4).
    public var normalizesValues = false
    /// Whether the query matrix has a gate beside each head, through which results go (Qiu et
    /// al., "Gated Attention for Large Language Models", 2025).
    public var isGated = false
    /// How queries grow with their position; nil for not at all.
    public var growth: PositionGrowth?
    /// The block whose keys and values are used; nil for its own.
    public var sharedLayer: Int?

    /// Plain attention with rotary positions.
    public init(rotary: RotaryEmbedding? = nil, window: Int? = nil) {
      self.rotary = rotary
      self.window = window
    }
  }

  /// Queries multiplied with 1 + rate · ln(1 + ⌊position / length⌋), so that attention stays sharp
  /// over long texts (Nakanishi, "Scalable-Softmax Is Superior for Attention", 2025).
  public struct PositionGrowth: Sendable {
    /// The factor of the logarithm.
    public var rate: Float
    /// Positions that count as one.
    public var length: Int

    /// Creates a growth.
    public init(rate: Float, length: Int) {
      self.rate = rate
      self.length = length
    }
  }

  /// The extent of norms of queries and keys.
  public enum HeadNorms: Sendable {
    /// Root mean square of each head, with one weight for all (Henry et al., "Query-Key
    /// Normalization for Transformers", 2020).
    case perHead
    /// Root mean square of all heads together.
    case whole
    /// Mean and variance of each head, with weights of its own.
    case standardPerHead
  }

  let layer: Int
  let shape: AttentionShape
  let rotary: RotaryEmbedding?
  let growth: PositionGrowth?
  let query: Linear
  let gated: Bool
  /// Nil where another block's keys and values are used.
  let key: Linear?
  /// Nil where the keys, before their norm, are the values.
  let value: Linear?
  let queryNorm: Normalization?
  let keyNorm: Normalization?
  let valueNorm: Normalization?
  let output: Linear

  /// Loads `attn_q`, `attn_k`, `attn_v` (or the three in one, `attn_qkv`), `attn_output`, and
  /// `attn_sinks` where the file has them.
  public init(_ weights: LayerWeights, _ options: Options) throws(ModelError) {
    let configuration = weights.configuration
    let heads = configuration.headCounts[weights.index]
    let shared = configuration.keyValueHeadCounts[options.sharedLayer ?? weights.index]
    guard shared > 0, heads.isMultiple(of: shared) else {
      throw configuration.hyperparameters.invalid(
        .headCountKV,
        "block \(weights.index) cannot serve \(heads) query heads with \(shared) key-value heads")
    }
    let size = options.headDimension ?? configuration.headDimension
    guard options.headDimension != nil || configuration.valueDimension == size else {
      throw configuration.hyperparameters.invalid(
        .valueLength, "\(configuration.valueDimension) differs from the key length \(size)")
    }
    var shape = AttentionShape(
      heads: heads, keyValueHeads: shared, headDimension: size, scale: options.scale)
    shape.softcap = options.softcap
    shape.window = options.window
    shape.isCausal = options.isCausal
    if weights.has("attn_sinks.weight") {
      shape.sinks = try weights.all.vector(weights.name("attn_sinks.weight"), count: heads)
    }
    let width = weights.width
    if weights.has("attn_qkv.weight") {
      let parts = try weights.linears(
        "attn_qkv", outputs: [heads * size, shared * size, shared * size], inputs: width)
      (query, key, value) = (parts[0], parts[1], parts[2])
    } else {
      query = try weights.linear(
        "attn_q", outputs: heads * size * (options.isGated ? 2 : 1), inputs: width)
      let isShared = options.sharedLayer != nil
      key = isShared ? nil : try weights.linear("attn_k", outputs: shared * size, inputs: width)
      let reusesKeys = options.normalizesValues && !weights.has("attn_v.weight")
      value =
        isShared || reusesKeys
        ? nil : try weights.linear("attn_v", outputs: shared * size, inputs: width)
    }
    output = try weights.linear("attn_output", outputs: width, inputs: heads * size)
    queryNorm = try Self.norm("attn_q_norm", options.norms, weights, heads: heads, size: size)
    keyNorm =
      options.sharedLayer == nil
      ? try Self.norm("attn_k_norm", options.norms, weights, heads: shared, size: size) : nil
    valueNorm =
      options.normalizesValues
      ? Normalization(.rootMeanSquare, size: size, epsilon: configuration.normEpsilon) : nil
    layer = options.sharedLayer ?? weights.index
    rotary = options.rotary
    growth = options.growth
    gated = options.isGated
    self.shape = shape
  }

  private static func norm(
    _ name: String, _ kind: HeadNorms?, _ weights: LayerWeights, heads: Int, size: Int
  ) throws(ModelError) -> Normalization? {
    switch kind {
    case nil: return nil
    case .perHead: return try weights.norm(name, size: size)
    case .whole: return try weights.norm(name, size: heads * size)
    case .standardPerHead:
      let weight = try weights.all.vector(
        weights.name("\(name).weight"), columns: size, rows: heads)
      return Normalization(
        .standard, size: size, epsilon: weights.configuration.normEpsilon, weight: weight)
    }
  }

  /// Keys and values of every position, or of the window.
  public var memory: LayerMemory? {
    guard key != nil else { return nil }
    return .attention(
      heads: shape.keyValueHeads, keyDimension: shape.headDimension,
      valueDimension: shape.valueDimension, window: shape.isCausal ? shape.window : nil)
  }

  /// Stores the rows' keys and values, and attends.
  public func callAsFunction(
    _ x: Activations, norm: Normalization?, in pass: ForwardPass
  ) -> BranchOutput {
    let (backend, slices) = (pass.backend, pass.step.slices)
    let size = shape.headDimension
    func make(_ columns: Int) -> Activations {
      backend.makeActivations(rows: x.rows, columns: columns)
    }
    let projected = make(query.outputs)
    let keys = make(shape.keyValueHeads * size)
    var values = keys
    switch (key, value) {
    case (let key?, let value?):
      values = make(value.outputs)
      backend.project(
        x, norm: norm, through: [query, key, value], into: [projected, keys, values])
    case (let key?, nil):
      values = make(key.outputs)
      backend.project(x, norm: norm, through: [query, key], into: [projected, keys])
      backend.gate(keys, nil, function: .identity, into: values)
    default:
      backend.project(x, norm: norm, through: [query], into: [projected])
    }

    var queries = projected
    if gated {
      queries = make(shape.heads * size)
      backend.copyColumns(
        ColumnRuns(count: shape.heads, width: size, from: (0, 2 * size), to: (0, size)),
        of: projected, into: queries)
    }
    if let queryNorm { backend.normalize(queries, queryNorm, into: queries) }
    if let keyNorm { backend.normalize(keys, keyNorm, into: keys) }
    if let valueNorm, key != nil { backend.normalize(values, valueNorm, into: values) }

    if let growth {
      backend.gate(
        growth.factors(at: pass.step.positions, on: backend), queries, function: .identity,
        into: queries)
    }

    let rotation = rotary.map { pass.rotation($0) }
    if key == nil {
      if let rotation { backend.rotate(queries, by: rotation, headDimension: size) }
    } else if let rotation {
      backend.rotateAndStore(
        queries: queries, keys: keys, values: values, rotation: rotation, headDimension: size,
        layer: layer, in: slices)
    } else {
      backend.store(keys: keys, values: values, layer: layer, in: slices)
    }
    let mixed = make(shape.heads * shape.valueDimension)
    backend.attend(queries, shape: shape, layer: layer, over: slices, into: mixed)
    if gated {
      let gates = make(shape.heads * size)
      backend.copyColumns(
        ColumnRuns(count: shape.heads, width: size, from: (size, 2 * size), to: (0, size)),
        of: projected, into: gates)
      backend.gate(gates, mixed, function: .sigmoid, into: mixed)
    }
    return .unprojected(mixed, output)
  }
}

extension Attention.PositionGrowth {
  /// The factor of each row, as a column.
  fileprivate func factors(at positions: [Int], on backend: any Backend) -> Activations {
    backend.makeActivations(
      rows: positions.count, columns: 1,
      values: positions.map { 1 + rate * log(1 + Float($0 / length)) })
  }
}
