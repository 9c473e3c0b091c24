// The fused operations, composed from the primitives. They define what an override must compute.
extension Backend {
  /// out = linear(x).
  public func apply(_ linear: Linear, to x: Activations, into out: Activations) {
    matmul(x, linear.weight, into: out)
    if let bias = linear.bias { addBias(bias, to: out) }
    addUpdates(of: linear, to: out, from: x)
  }

  /// out += what adapters make of x.
  public func addUpdates(of linear: Linear, to out: Activations, from x: Activations) {
    for update in linear.updates {
      let inner = makeActivations(rows: x.rows, columns: update.down.rows)
      matmul(x, update.down, into: inner)
      let change = makeActivations(rows: out.rows, columns: out.columns)
      matmul(inner, update.up, into: change)
      add(out, change, into: out)
    }
  }

  /// outs[i] = linears[i](norm(x)).
  public func project(
    _ x: Activations, norm: Normalization?, through linears: [Linear], into outs: [Activations]
  ) {
    let normalized = normalized(x, norm)
    for (linear, out) in zip(linears, outs) { apply(linear, to: normalized, into: out) }
  }

  /// residual += linear(x).
  public func accumulate(_ x: Activations, through linear: Linear, into residual: Activations) {
    let product = makeActivations(rows: residual.rows, columns: residual.columns)
    apply(linear, to: x, into: product)
    add(residual, product, into: residual)
  }

  /// out = function(gate(norm(x))) · up(norm(x)).
  public func gatedProject(
    _ x: Activations, norm: Normalization?, gate: Linear, up: Linear,
    function: ActivationFunction, into out: Activations
  ) {
    let upper = makeActivations(rows: out.rows, columns: out.columns)
    project(x, norm: norm, through: [gate, up], into: [out, upper])
    self.gate(out, upper, function: function, into: out)
  }

  /// norm(x), or x itself without a norm.
  public func normalized(_ x: Activations, _ norm: Normalization?) -> Activations {
    guard let norm else { return x }
    let out = makeActivations(rows: x.rows, columns: x.columns)
    normalize(x, norm, into: out)
    return out
  }

  /// Rotates queries and keys and stores keys and values.
  public func rotateAndStore(
    queries: Activations, keys: Activations, values: Activations, rotation: Rotation,
    headDimension: Int, layer: Int, in slices: [SequenceSlice]
  ) {
    rotate(queries, by: rotation, headDimension: headDimension)
    rotate(keys, by: rotation, headDimension: headDimension)
    store(keys: keys, values: values, layer: layer, in: slices)
  }
}
