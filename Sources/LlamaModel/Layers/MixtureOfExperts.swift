import GGUFKit
public import TensorKernels

/// A router and experts, with an expert beside them that all rows share where a family has one.
public struct MixtureOfExperts: Branch {
  let router: Linear
  let routing: ExpertRouting
  /// The router's own norm of the stream, and what its scores are multiplied with.
  let scoring: (norm: Normalization, scale: Float)?
  let experts: Experts
  let shared: FeedForward?
  /// A gate of one feature for the shared expert.
  let sharedGate: Linear?

  /// Loads `ffn_gate_inp` and the experts `ffn_gate_exps`, `ffn_up_exps` and `ffn_down_exps`, or
  /// the first two in one, `ffn_gate_up_exps`.
  ///
  /// - Parameters:
  ///   - weights: The block's weights.
  ///   - routing: How experts are chosen.
  ///   - function: The nonlinearity.
  ///   - hidden: Features of an expert's branches.
  ///   - isGated: Whether the experts have two branches.
  ///   - sharedHidden: Features of the shared expert's branches, 0 for no shared expert. It is
  ///     gated where the file has `ffn_gate_inp_shexp`.
  ///   - scoring: A norm through which the router reads the stream, instead of the branch's, and
  ///     what its scores are multiplied with.
  public init(
    _ weights: LayerWeights, _ routing: ExpertRouting, _ function: ActivationFunction,
    hidden: Int, isGated: Bool = true, sharedHidden: Int = 0,
    scoring: (norm: Normalization, scale: Float)? = nil
  ) throws(ModelError) {
    let count = try weights.configuration.expertCount
    let width = weights.width
    router = try weights.linear("ffn_gate_inp", outputs: count, inputs: width)
    self.routing = routing
    self.scoring = scoring
    experts = try Experts(weights, count: count, function, hidden: hidden, isGated: isGated)
    shared =
      sharedHidden > 0
      ? try FeedForward(weights, function, hidden: sharedHidden, suffix: "_shexp") : nil
    sharedGate =
      sharedHidden > 0 && weights.has("ffn_gate_inp_shexp.weight")
      ? try weights.linear("ffn_gate_inp_shexp", outputs: 1, inputs: width) : nil
  }

  /// The sum of the experts' outputs.
  public func callAsFunction(
    _ x: Activations, norm: Normalization?, in pass: ForwardPass
  ) -> BranchOutput {
    let (backend, stream) = (pass.backend, x)
    let x = backend.normalized(stream, norm)
    let scores = backend.makeActivations(rows: x.rows, columns: experts.count)
    if let scoring {
      backend.project(stream, norm: scoring.norm, through: [router], into: [scores])
      backend.gate(scores, nil, function: .scale(by: scoring.scale), into: scores)
    } else {
      backend.project(x, norm: nil, through: [router], into: [scores])
    }
    let sum = backend.makeActivations(rows: x.rows, columns: x.columns)
    backend.mix(experts, routing: routing, scores: scores, of: x, into: sum)
    guard let shared, case .unprojected(let hidden, let down) = shared(x, norm: nil, in: pass)
    else { return .finished(sum) }
    guard let sharedGate else {
      backend.accumulate(hidden, through: down, into: sum)
      return .finished(sum)
    }
    let result = backend.makeActivations(rows: x.rows, columns: x.columns)
    backend.project(hidden, norm: nil, through: [down], into: [result])
    let gate = backend.makeActivations(rows: x.rows, columns: 1)
    backend.project(x, norm: nil, through: [sharedGate], into: [gate])
    backend.gate(gate, result, function: .sigmoid, into: result)
    backend.add(sum, result, into: sum)
    return .finished(sum)
  }
}

extension Experts {
  /// Loads the experts of a block.
  init(
    _ weights: LayerWeights, count: Int, _ function: ActivationFunction, hidden: Int, isGated: Bool
  ) throws(ModelError) {
    let (width, all) = (weights.width, weights.all)
    func load(_ name: String, _ outputs: Int, _ inputs: Int) throws(ModelError) -> [Linear] {
      try all.experts(weights.name(name), count: count, outputs: outputs, inputs: inputs)
    }
    let (gates, ups): ([Linear], [Linear])
    if weights.has("ffn_gate_up_exps.weight") {
      let halves = try all.linears(
        weights.name("ffn_gate_up_exps"), stack: count, outputs: [hidden, hidden], inputs: width)
      (gates, ups) = (halves.map { $0[0] }, halves.map { $0[1] })
    } else {
      (gates, ups) = (
        isGated ? try load("ffn_gate_exps", hidden, width) : [],
        try load("ffn_up_exps", hidden, width)
      )
    }
    self.init(
      gates: gates, ups: ups, downs: try load("ffn_down_exps", width, hidden),
      function: function,
      scales: try all.values(weights.name("ffn_down_exps.scale"), count: count) ?? [])
  }
}

extension ModelConfiguration {
  /// Experts of a block; 0 where the family has them in some models only.
  public var expertCountOrZero: Int {
    get throws(ModelError) { try hyperparameters.countOrZero(.expertCount, upTo: 1 << 14) }
  }

  /// Experts of a block.
  public var expertCount: Int {
    get throws(ModelError) { try hyperparameters.count(.expertCount, upTo: 1 << 14) }
  }

  /// How many experts each token uses, checked against how many there are.
  public var expertsUsed: Int {
    get throws(ModelError) {
      try hyperparameters.count(.expertUsedCount, upTo: try expertCount)
    }
  }

  /// Hidden features of an expert; those of the block where the file does not say.
  public func expertLength(_ block: Int) throws(ModelError) -> Int {
    let length = try hyperparameters.countOrZero(.expertFeedForwardLength, upTo: 1 << 24)
    return length > 0 ? length : feedForwardLengths[block]
  }
}
