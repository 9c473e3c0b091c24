#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

extension ActivationFunction {
  /// The function itself, in double precision.
  func value(_ x: Double) -> Double {
    switch self {
    case .identity: x
    case .silu: x / (1 + exp(-x))
    case .gelu: x * 0.5 * erfc(-x * 0.5.squareRoot())
    case .geluTanh: x / 2 * (1 + tanh((2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x)))
    case .geluQuick: x / (1 + exp(-1.702 * x))
    case .squaredReLU: x > 0 ? x * x : 0
    case .sigmoid: 1 / (1 + exp(-x))
    case .scale(let factor): x * Double(factor)
    case .softcap(let bound): Double(bound) * tanh(x / Double(bound))
    case .clampedSwish(let slope, let limit):
      min(x, Double(limit)) / (1 + exp(-Double(slope) * min(x, Double(limit))))
    }
  }

  /// What the other branch becomes before it is multiplied.
  func companion(_ x: Double) -> Double {
    guard case .clampedSwish(_, let limit) = self else { return x }
    return min(max(x, -Double(limit)), Double(limit)) + 1
  }
}
