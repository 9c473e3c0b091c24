import GGUFKit
public import TensorKernels

/// Gemma 4: larger heads in the blocks without a window, normalized values, embeddings for every
/// block beside those of the stream, and at the end blocks that use the keys and values of earlier
/// ones. The large sparse model has experts beside each feed-forward layer.
///
/// Gemma Team, "Gemma 4" (2026).
public struct Gemma4: DecoderArchitecture {
  /// `gemma4`.
  public static let names = ["gemma4"]

  /// The whole model, but for the blocks' embeddings.
  public let decoder: Decoder
  private let inputs: PerLayerInputs?

  /// Prepares the weights.
  public init(configuration: ModelConfiguration, weights: WeightLoader) throws(ModelError) {
    let parameters = configuration.hyperparameters
    let windows = try SlidingWindows(configuration, window: nil, fullEvery: 6)
    let shared = try parameters.countOrZero(.sharedLayerCount, upTo: configuration.blockCount - 1)
    let attention = try Self.attention(configuration, weights)
    let width = try parameters.countOrZero(.perLayerInputLength, upTo: 1 << 16)
    inputs = width == 0 ? nil : try PerLayerInputs(width, configuration, weights)
    var decoder = try Decoder(configuration, weights) { layer throws(ModelError) in
      var options = attention[windows[layer.index] == nil ? 1 : 0]
      options.window = windows[layer.index]
      options.sharedLayer = Self.source(
        of: layer.index, owners: configuration.blockCount - shared, windows)
      var block = Block(
        Residual(
          try layer.norm("attn_norm"), try Attention(layer, options),
          after: try layer.norm("post_attention_norm")),
        layer.has("ffn_gate_inp.weight")
          ? Residual(
            nil, try Gemma4Mixture(layer), after: try layer.norm("post_ffw_norm"))
          : Residual(
            try layer.norm("ffn_norm"), try FeedForward(layer, .geluTanh),
            after: try layer.norm("post_ffw_norm")))
      if width > 0 {
        block.stages.append([
          Residual(
            nil, try PerLayerInput(layer, width: width), after: try layer.norm("post_norm"))
        ])
      }
      block.scale = try weights.values(layer.name("layer_output_scale.weight"), count: 1)?[0]
      return block
    }
    decoder.embedding.scale = Float(configuration.embeddingLength).squareRoot()
    decoder.softcap = try parameters.factor(.finalLogitSoftcap)
    self.decoder = decoder
  }

  /// The attention of blocks with a window, and of the others.
  private static func attention(
    _ configuration: ModelConfiguration, _ weights: WeightLoader
  ) throws(ModelError) -> [Attention.Options] {
    let parameters = configuration.hyperparameters
    let global = RotaryEmbedding(
      configuration.rotary,
      factors: try weights.values(
        "rope_freqs.weight", count: configuration.rotary.dimensions / 2),
      pairing: .halves)
    let size = try parameters.count(
      .slidingKeyLength, upTo: 1 << 16, default: configuration.headDimension)
    let dimensions = try parameters.count(.slidingRotaryCount, upTo: size, default: size)
    guard dimensions.isMultiple(of: 2) else {
      throw parameters.invalid(.slidingRotaryCount, "\(dimensions) is odd")
    }
    let local = RotaryEmbedding(
      try configuration.slidingRotary(dimensions: dimensions), pairing: .halves)
    return [(local, size), (global, configuration.headDimension)].map { rotary, size in
      var options = Attention.Options(rotary: rotary)
      options.headDimension = size
      options.norms = .perHead
      options.normalizesValues = true
      options.scale = 1
      return options
    }
  }

  /// The block whose keys and values a block uses: the last owner of the same kind, nil for its
  /// own.
  private static func source(of block: Int, owners: Int, _ windows: SlidingWindows) -> Int? {
    guard block >= owners else { return nil }
    let isSliding = windows[block] != nil
    return (0..<owners).last { (windows[$0] != nil) == isSliding }
  }

  /// The last block's features.
  public func features(_ pass: ForwardPass) throws(ModelError) -> Activations {
    let stream = try decoder.embedding(pass)
    pass.perLayerInputs = inputs?(stream, in: pass)
    return try decoder.features(of: stream, in: pass)
  }
}

/// What every block gets of a token beside the stream: a row of its own table, and a projection of
/// the stream's embedding.
private struct PerLayerInputs {
  let table: Weight
  let projection: Linear
  let norm: Normalization
  let tableScale: Float
  let projectionScale: Float

  init(
    _ width: Int, _ configuration: ModelConfiguration, _ weights: WeightLoader
  ) throws(ModelError) {
    let all = width * configuration.blockCount
    table = try weights.table(
      "per_layer_token_embd.weight", entries: try weights.rows(of: "token_embd.weight"),
      columns: all)
    projection = try weights.linear(
      "per_layer_model_proj", outputs: all, inputs: configuration.embeddingLength)
    norm = try weights.norm(
      "per_layer_proj_norm", size: width, epsilon: configuration.normEpsilon)
    tableScale = Float(width).squareRoot()
    projectionScale = 1 / Float(configuration.embeddingLength).squareRoot()
  }

  func callAsFunction(_ stream: Activations, in pass: ForwardPass) -> Activations {
    let backend = pass.backend
    func make() -> Activations {
      backend.makeActivations(rows: stream.rows, columns: table.columns)
    }
    let (rows, projected) = (make(), make())
    backend.gather(pass.step.tokens, from: table, into: rows)
    backend.gate(rows, nil, function: .scale(by: tableScale), into: rows)
    backend.project(stream, norm: nil, through: [projection], into: [projected])
    backend.gate(projected, nil, function: .scale(by: projectionScale), into: projected)
    backend.normalize(projected, norm, into: projected)
    backend.add(rows, projected, into: rows)
    backend.gate(rows, nil, function: .scale(by: Float(0.5).squareRoot()), into: rows)
    return rows
  }
}

/// A block's part of the inputs, gated by the stream.
private struct PerLayerInput: Branch {
  let layer: Int
  let gate: Linear
  let output: Linear

  init(_ weights: LayerWeights, width: Int) throws(ModelError) {
    layer = weights.index
    gate = try weights.linear("inp_gate", outputs: width, inputs: weights.width)
    output = try weights.linear("proj", outputs: weights.width, inputs: width)
  }

  func callAsFunction(
    _ x: Activations, norm: Normalization?, in pass: ForwardPass
  ) -> BranchOutput {
    let (backend, width) = (pass.backend, gate.outputs)
    guard let inputs = pass.perLayerInputs else {
      preconditionFailure("a pass without the inputs of its blocks")
    }
    let gates = backend.makeActivations(rows: x.rows, columns: width)
    backend.project(x, norm: norm, through: [gate], into: [gates])
    let own = backend.makeActivations(rows: x.rows, columns: width)
    backend.copyColumns(ColumnRuns(width: width, from: (layer * width, 0)), of: inputs, into: own)
    backend.gate(gates, own, function: .geluTanh, into: own)
    return .unprojected(own, output)
  }
}

/// A feed-forward layer and experts side by side, each with norms of its own; the router reads the
/// stream through a norm and a scale per feature.
private struct Gemma4Mixture: Branch {
  let dense: FeedForward
  let beforeDense: Normalization
  let afterDense: Normalization
  let experts: MixtureOfExperts
  let beforeExperts: Normalization
  let afterExperts: Normalization

  init(_ weights: LayerWeights) throws(ModelError) {
    let configuration = weights.configuration
    dense = try FeedForward(weights, .geluTanh)
    beforeDense = try weights.norm("ffn_norm")
    afterDense = try weights.norm("post_ffw_norm_1")
    let router = Normalization(
      .rootMeanSquare, size: weights.width, epsilon: configuration.normEpsilon,
      weight: try weights.all.vector(
        weights.name("ffn_gate_inp.scale"), count: weights.width))
    experts = try MixtureOfExperts(
      weights, ExpertRouting(chosen: try configuration.expertsUsed, normalizes: true), .geluTanh,
      hidden: try configuration.expertLength(weights.index),
      scoring: (router, 1 / Float(weights.width).squareRoot()))
    beforeExperts = try weights.norm("pre_ffw_norm_2")
    afterExperts = try weights.norm("post_ffw_norm_2")
  }

  func callAsFunction(
    _ x: Activations, norm: Normalization?, in pass: ForwardPass
  ) -> BranchOutput {
    let backend = pass.backend
    let sum = backend.makeActivations(rows: x.rows, columns: x.columns)
    if case .unprojected(let hidden, let down) = dense(x, norm: beforeDense, in: pass) {
      backend.project(hidden, norm: nil, through: [down], into: [sum])
    }
    backend.normalize(sum, afterDense, into: sum)
    if case .finished(let mixed) = experts(x, norm: beforeExperts, in: pass) {
      backend.normalize(mixed, afterExperts, into: mixed)
      backend.add(sum, mixed, into: sum)
    }
    return .finished(sum)
  }
}

extension MetadataKey where Value == Int {
  /// Blocks at the end without keys and values of their own.
  fileprivate static var sharedLayerCount: Self {
    MetadataKey(relative: "attention.shared_kv_layers")
  }
  /// Features of a block's own embedding.
  fileprivate static var perLayerInputLength: Self {
    MetadataKey(relative: "embedding_length_per_layer_input")
  }
  /// Elements of a head in blocks with a window.
  fileprivate static var slidingKeyLength: Self {
    MetadataKey(relative: "attention.key_length_swa")
  }
  /// How many of them rotate.
  fileprivate static var slidingRotaryCount: Self {
    MetadataKey(relative: "rope.dimension_count_swa")
  }
}
