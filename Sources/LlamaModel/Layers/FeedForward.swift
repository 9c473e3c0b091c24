import GGUFKit
public import TensorKernels

/// A feed-forward layer: down(function(gate(x)) · up(x)) (Shazeer, "GLU Variants Improve
/// Transformer", 2020), or down(function(up(x))).
public struct FeedForward: Branch {
  let function: ActivationFunction
  /// Nil where the function applies to `up` alone.
  let gate: Linear?
  let up: Linear
  let down: Linear

  /// Loads `ffn_gate`, `ffn_up` and `ffn_down`. Without `ffn_gate` in the file a gated layer's
  /// gate is the first half of `ffn_up`.
  ///
  /// - Parameters:
  ///   - weights: The block's weights.
  ///   - function: The nonlinearity.
  ///   - isGated: Whether there are two branches.
  ///   - hidden: Features of the branches; the configuration's unless given.
  ///   - suffix: What follows the names, such as `_shexp`.
  public init(
    _ weights: LayerWeights, _ function: ActivationFunction, isGated: Bool = true,
    hidden: Int? = nil, suffix: String = ""
  ) throws(ModelError) {
    let (width, hidden) = (weights.width, hidden ?? weights.hidden)
    guard hidden > 0 else {
      throw weights.configuration.hyperparameters.invalid(
        .feedForwardLength, "block \(weights.index) needs a feed-forward layer")
    }
    self.function = function
    if isGated, !weights.has("ffn_gate\(suffix).weight"), weights.has("ffn_up\(suffix).weight") {
      let parts = try weights.linears("ffn_up\(suffix)", outputs: [hidden, hidden], inputs: width)
      (gate, up) = (parts[0], parts[1])
    } else {
      gate =
        isGated ? try weights.linear("ffn_gate\(suffix)", outputs: hidden, inputs: width) : nil
      up = try weights.linear("ffn_up\(suffix)", outputs: hidden, inputs: width)
    }
    down = try weights.linear("ffn_down\(suffix)", outputs: width, inputs: hidden)
  }

  /// The hidden features, and the matrix `down`.
  public func callAsFunction(
    _ x: Activations, norm: Normalization?, in pass: ForwardPass
  ) -> BranchOutput {
    let backend = pass.backend
    let hidden = backend.makeActivations(rows: x.rows, columns: up.outputs)
    if let gate {
      backend.gatedProject(
        x, norm: norm, gate: gate, up: up, function: function, into: hidden)
    } else {
      backend.project(x, norm: norm, through: [up], into: [hidden])
      backend.gate(hidden, nil, function: function, into: hidden)
    }
    return .unprojected(hidden, down)
  }
}
