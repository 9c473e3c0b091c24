import CTensorKernels

// Functions of single elements.
extension CPUBackend {
  /// out = function(gate) · up.
  public func gate(
    _ gate: Activations, _ up: Activations?, function: ActivationFunction, into out: Activations
  ) {
    let (gates, upper, target) = (host(gate), up.map { host($0) }, host(out))
    let columns = out.columns
    forEachRow(of: out.rows, columns: columns) { row in
      let result = target.row(row)
      guard gate.columns == 1, columns > 1, let upper else {
        apply(function, gates.row(row), upper?.row(row), columns, into: result)
        return
      }
      var factor: Float = 0
      withUnsafeMutablePointer(to: &factor) { apply(function, gates.row(row), nil, 1, into: $0) }
      apply(.scale(by: factor), upper.row(row), nil, columns, into: result)
    }
  }

  /// out = function(gate) · up for `count` elements; `out` may be either.
  func apply(
    _ function: ActivationFunction, _ gate: UnsafePointer<Float>, _ up: UnsafePointer<Float>?,
    _ count: Int, into out: UnsafeMutablePointer<Float>
  ) {
    let (kernel, a, b) = function.kernel
    table.functions[kernel](gate, up, count, a, b, out)
  }
}

extension ActivationFunction {
  /// The kernel, and the numbers that it takes.
  var kernel: (index: Int, a: Float, b: Float) {
    switch self {
    case .identity: (TK_SCALE, 1, 0)
    case .silu: (TK_SWISH, 1, 0)
    case .gelu: (TK_GELU, 0, 0)
    case .geluTanh: (TK_GELU_TANH, 0, 0)
    case .geluQuick: (TK_SWISH, 1.702, 0)
    case .squaredReLU: (TK_SQUARED_RELU, 0, 0)
    case .sigmoid: (TK_SIGMOID, 0, 0)
    case .scale(let factor): (TK_SCALE, factor, 0)
    case .softcap(let bound): (TK_SOFTCAP, bound, 0)
    case .clampedSwish(let slope, let limit): (TK_CLAMPED_SWISH, slope, limit)
    }
  }
}
