/// The nonlinearity of a feed-forward layer.
public enum ActivationFunction: Sendable {
  /// x / (1 + e⁻ˣ).
  case silu
}
