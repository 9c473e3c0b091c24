/// Keeps the candidates whose surprise is nearest to the expected one, until their probabilities
/// together exceed `p`: locally typical sampling (C. Meister et al., 2022).
public struct TypicalP: LogitTransform {
  /// The probability to exceed; 1 or more keeps all.
  public let p: Float
  /// How many candidates stay at least.
  public let minimumKept: Int

  /// Creates the transform.
  public init(_ p: Float, minimumKept: Int = 1) {
    self.p = p
    self.minimumKept = max(1, minimumKept)
  }

  /// Keeps the typical candidates, ordered by how typical they are.
  public func apply(to candidates: inout Candidates) {
    guard p < 1, candidates.count > 1 else { return }
    let entropy = candidates.entropy()
    let probabilities = candidates.probabilities
    candidates.keep(
      probability: p, minimumKept: minimumKept,
      byRising: { abs(-logarithm(probabilities[$0]) - entropy) })
  }
}
