/// A function of single elements: the nonlinearity of a feed-forward layer, or a smaller step.
public enum ActivationFunction: Sendable, Equatable {
  /// x.
  case identity
  /// x / (1 + e⁻ˣ).
  case silu
  /// x Φ(x), Φ the normal distribution function (Hendrycks and Gimpel, "GELU", 2016).
  case gelu
  /// The same paper's approximation: x / 2 · (1 + tanh(√(2/π) (x + 0.044715 x³))).
  case geluTanh
  /// The same paper's other approximation: x / (1 + e^(-1.702 x)).
  case geluQuick
  /// max(0, x)² (So et al., "Primer", 2021).
  case squaredReLU
  /// 1 / (1 + e⁻ˣ).
  case sigmoid
  /// factor · x.
  case scale(by: Float)
  /// bound · tanh(x / bound).
  case softcap(Float)
  /// g / (1 + e^(-slope g)) with g = min(x, limit); the other branch u becomes
  /// min(max(u, -limit), limit) + 1 (OpenAI, "gpt-oss model card", 2025).
  case clampedSwish(slope: Float, limit: Float)
}
