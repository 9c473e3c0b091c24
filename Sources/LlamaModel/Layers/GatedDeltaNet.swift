import GGUFKit
public import TensorKernels

/// Linear attention by the gated delta rule: a short convolution, a recurrent state per head, and
/// a gated norm.
///
/// Yang et al., "Gated Delta Networks: Improving Mamba2 with Delta Rule" (2024).
public struct GatedDeltaNet: Branch {
  let layer: Int
  let rule: DeltaRule
  let taps: Int
  let inputs: Linear
  let gate: Linear
  /// `alpha` and `beta`, or both in one, per key head beta before alpha.
  let rates: [Linear]
  let kernel: Weight
  let keyNorm: Normalization
  let norm: Normalization
  let output: Linear

  /// Loads `attn_qkv`, `attn_gate` and the tensors `ssm_*`.
  public init(
    _ weights: LayerWeights, sharing: DeltaRule.Sharing
  ) throws(ModelError) {
    let (configuration, all) = (weights.configuration, weights.all)
    let parameters = configuration.hyperparameters
    let keyHeads = try parameters.count(.stateGroupCount, upTo: 1 << 12)
    let valueHeads = try parameters.count(.stateHeadCount, upTo: 1 << 12)
    let size = try parameters.count(.stateSize, upTo: 1 << 12)
    let inner = try parameters.count(.stateInnerSize, upTo: 1 << 24)
    guard valueHeads % keyHeads == 0, inner % valueHeads == 0 else {
      throw parameters.invalid(
        .stateHeadCount,
        "\(valueHeads) heads do not share \(keyHeads) keys and \(inner) features evenly")
    }
    layer = weights.index
    taps = try parameters.count(.stateConvolutionLength, upTo: 1 << 10)
    rule = DeltaRule(
      keyHeads: keyHeads, valueHeads: valueHeads, keyDimension: size,
      valueDimension: inner / valueHeads, sharing: sharing,
      decay: try all.requiredValues(weights.name("ssm_a"), count: valueHeads),
      bias: try all.requiredValues(weights.name("ssm_dt.bias"), count: valueHeads))
    let (width, channels) = (weights.width, 2 * keyHeads * size + inner)
    inputs = try weights.linear("attn_qkv", outputs: channels, inputs: width)
    gate = try weights.linear("attn_gate", outputs: inner, inputs: width)
    rates =
      weights.has("ssm_ba.weight")
      ? [try weights.linear("ssm_ba", outputs: 2 * valueHeads, inputs: width)]
      : [
        try weights.linear("ssm_alpha", outputs: valueHeads, inputs: width),
        try weights.linear("ssm_beta", outputs: valueHeads, inputs: width),
      ]
    kernel = try all.vector(weights.name("ssm_conv1d.weight"), columns: taps, rows: channels)
    keyNorm = Normalization(.euclidean, size: size, epsilon: configuration.normEpsilon)
    norm = try weights.norm("ssm_norm", size: inner / valueHeads)
    output = try weights.linear("ssm_out", outputs: width, inputs: inner)
  }

  /// The convolution's inputs and the state.
  public var memory: LayerMemory? {
    var memory = LayerMemory()
    memory.convolution = .init(channels: inputs.outputs, history: taps - 1)
    memory.recurrence = .init(
      heads: rule.valueHeads, keyDimension: rule.keyDimension,
      valueDimension: rule.valueDimension)
    return memory
  }

  /// Advances the state.
  public func callAsFunction(
    _ x: Activations, norm: Normalization?, in pass: ForwardPass
  ) -> BranchOutput {
    let (backend, slices) = (pass.backend, pass.step.slices)
    func make(_ columns: Int) -> Activations {
      backend.makeActivations(rows: x.rows, columns: columns)
    }
    let (mixed, gates) = (make(inputs.outputs), make(gate.outputs))
    let speeds = rates.map { make($0.outputs) }
    backend.project(
      x, norm: norm, through: [inputs, gate] + rates, into: [mixed, gates] + speeds)
    let (alpha, beta) = speeds.count == 2 ? (speeds[0], speeds[1]) : split(speeds[0], on: backend)

    let convolved = make(inputs.outputs)
    backend.convolve(mixed, kernel: kernel, layer: layer, over: slices, into: convolved)
    backend.gate(convolved, nil, function: .silu, into: convolved)
    let keys = rule.keyHeads * rule.keyDimension
    func part(_ first: Int, _ columns: Int) -> Activations {
      let part = make(columns)
      backend.copyColumns(
        ColumnRuns(width: columns, from: (first, 0)), of: convolved, into: part)
      return part
    }
    let input = DeltaRuleInput(
      queries: part(0, keys), keys: part(keys, keys),
      values: part(2 * keys, gate.outputs), alpha: alpha, beta: beta)
    backend.normalize(input.queries, keyNorm, into: input.queries)
    backend.normalize(input.keys, keyNorm, into: input.keys)

    let answers = make(gate.outputs)
    backend.recur(rule, input, layer: layer, over: slices, into: answers)
    backend.normalize(answers, self.norm, into: answers)
    backend.gate(gates, answers, function: .silu, into: answers)
    return .unprojected(answers, output)
  }

  private func split(
    _ rates: Activations, on backend: any Backend
  ) -> (alpha: Activations, beta: Activations) {
    let width = rule.valueHeads / rule.keyHeads
    func part(_ first: Int) -> Activations {
      let part = backend.makeActivations(rows: rates.rows, columns: rule.valueHeads)
      backend.copyColumns(
        ColumnRuns(
          count: rule.keyHeads, width: width, from: (first, 2 * width), to: (0, width)),
        of: rates, into: part)
      return part
    }
    return (part(width), part(0))
  }
}

extension MetadataKey where Value == Int {
  /// Taps of the convolution before the state.
  fileprivate static var stateConvolutionLength: Self { MetadataKey(relative: "ssm.conv_kernel") }
  /// Elements of a key.
  fileprivate static var stateSize: Self { MetadataKey(relative: "ssm.state_size") }
  /// Heads of keys.
  fileprivate static var stateGroupCount: Self { MetadataKey(relative: "ssm.group_count") }
  /// Heads of values.
  fileprivate static var stateHeadCount: Self { MetadataKey(relative: "ssm.time_step_rank") }
  /// Features of all values.
  fileprivate static var stateInnerSize: Self { MetadataKey(relative: "ssm.inner_size") }
}
