import CTensorKernels

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

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
      let values = upper.row(row)
      for i in 0..<columns { result[i] = factor * values[i] }
    }
  }

  /// out = function(gate) · up for `count` elements; `out` may be either.
  func apply(
    _ function: ActivationFunction, _ gate: UnsafePointer<Float>, _ up: UnsafePointer<Float>?,
    _ count: Int, into out: UnsafeMutablePointer<Float>
  ) {
    switch function {
    case .identity:
      if let up {
        table.multiply(gate, up, count, out)
      } else if gate != UnsafePointer(out) {
        out.update(from: gate, count: count)
      }
    case .silu:
      if let up {
        table.silu_multiply(gate, up, count, out)
      } else {
        map(gate, nil, count, into: out) { $0 / (1 + ScalarKernels.exp(-$0)) }
      }
    case .gelu:
      map(gate, up, count, into: out) { $0 * 0.5 * (1 + erf($0 * 0.70710678)) }
    case .geluTanh:
      map(gate, up, count, into: out) { x in
        let inner = 0.7978845608 * x * (0.044715 * x * x + 1)
        return 0.5 * x * (1 + Self.tanh(inner))
      }
    case .geluQuick:
      map(gate, up, count, into: out) { $0 / (1 + ScalarKernels.exp(-1.702 * $0)) }
    case .squaredReLU:
      map(gate, up, count, into: out) { x in
        let positive = x > 0 ? x : 0
        return positive * positive
      }
    case .sigmoid:
      map(gate, up, count, into: out) { 1 / (1 + ScalarKernels.exp(-$0)) }
    case .scale(let factor):
      map(gate, up, count, into: out) { factor * $0 }
    case .softcap(let bound):
      map(gate, up, count, into: out) { bound * Self.tanh($0 / bound) }
    case .clampedSwish(let slope, let limit):
      for i in 0..<count {
        let x = min(gate[i], limit)
        let value = x / (1 + ScalarKernels.exp(-slope * x))
        out[i] = up.map { value * (min(max($0[i], -limit), limit) + 1) } ?? value
      }
    }
  }

  @inline(__always)
  private func map(
    _ gate: UnsafePointer<Float>, _ up: UnsafePointer<Float>?, _ count: Int,
    into out: UnsafeMutablePointer<Float>, _ function: (Float) -> Float
  ) {
    if let up {
      for i in 0..<count { out[i] = function(gate[i]) * up[i] }
    } else {
      for i in 0..<count { out[i] = function(gate[i]) }
    }
  }

  /// The hyperbolic tangent, within two units of 2⁻²⁴ of a result of one.
  @inline(__always)
  static func tanh(_ x: Float) -> Float {
    let power = ScalarKernels.exp(-2 * abs(x))
    let magnitude = (1 - power) / (1 + power)
    return x < 0 ? -magnitude : magnitude
  }
}
