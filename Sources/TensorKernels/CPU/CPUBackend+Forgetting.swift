#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

extension CPUBackend {
  /// e^(decay · softplus(time)), once per row and head.
  static func forgetting(_ time: Float, decay: Float) -> Float {
    let softplus = max(Double(time), 0) + log1p(exp(-abs(Double(time))))
    return Float(exp(Double(decay) * softplus))
  }
}
