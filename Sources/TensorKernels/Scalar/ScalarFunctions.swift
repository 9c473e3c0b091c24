internal import CTensorKernels

extension ScalarKernels {
  /// The functions of single elements, in the order of `TK_FUNCTIONS`.
  static let functions: [tk_function_fn] = [
    { gate, up, n, factor, _, out in apply(gate, up, n, out) { factor * $0 } },
    { gate, up, n, slope, _, out in apply(gate, up, n, out) { swish($0, slope) } },
    { gate, up, n, slope, limit, out in
      apply(
        gate, up, n, out, companion: { atMost($0 < -limit ? -limit : $0, limit) + 1 },
        value: { swish(atMost($0, limit), slope) })
    },
    { gate, up, n, _, _, out in apply(gate, up, n, out, value: gelu) },
    { gate, up, n, _, _, out in apply(gate, up, n, out, value: geluTanh) },
    { gate, up, n, _, _, out in apply(gate, up, n, out) { positive($0) * positive($0) } },
    { gate, up, n, _, _, out in apply(gate, up, n, out) { 1 / (exp(-$0) + 1) } },
    { gate, up, n, bound, _, out in apply(gate, up, n, out) { softcap($0, bound) } },
  ]

  @inline(__always)
  private static func apply(
    _ gate: UnsafePointer<Float>, _ up: UnsafePointer<Float>?, _ n: Int,
    _ out: UnsafeMutablePointer<Float>, companion: (Float) -> Float = { $0 },
    value: (Float) -> Float
  ) {
    if let up {
      for i in 0..<n { out[i] = value(gate[i]) * companion(up[i]) }
    } else {
      for i in 0..<n { out[i] = value(gate[i]) }
    }
  }

  private static func positive(_ x: Float) -> Float { x > 0 ? x : 0 }

  /// `x`, or a bound that it is greater than.
  private static func atMost(_ x: Float, _ bound: Float) -> Float { x > bound ? bound : x }

  private static func swish(_ x: Float, _ slope: Float) -> Float { x / (exp(-slope * x) + 1) }

  /// x Φ(x): x less its part in the tail where x is positive, and that part alone where it is not, so
  /// that nothing cancels. Beyond 15 the tail is 0, and the product must not be that of 0 and infinity.
  private static func gelu(_ x: Float) -> Float {
    let magnitude = atMost(abs(x), 15)
    return positive(x).addingProduct(-magnitude, normalTail(magnitude))
  }

  /// With y = √(2/π) (x + 0.044715 x³), (1 + tanh y) / 2 = 1 / (1 + e^(-2y)).
  private static func geluTanh(_ x: Float) -> Float {
    let slope = (-0x1.988454p0 as Float).addingProduct(x * x, -0x1.2444f2p-4)
    return x / (exp(x * slope) + 1)
  }
}
