/// Keeps the candidates that are at least `p` times as likely as the most likely one (M. Nguyen et
/// al., "Turning Up the Heat: Min-p Sampling for Creative and Coherent LLM Outputs", 2024).
public struct MinP: LogitTransform {
  /// The fraction of the greatest probability; 0 or less keeps all.
  public let p: Float
  /// How many candidates stay at least.
  public let minimumKept: Int

  /// `p` as a difference of logits.
  private let margin: Float

  /// Creates the transform.
  public init(_ p: Float, minimumKept: Int = 1) {
    self.p = p
    self.minimumKept = max(1, minimumKept)
    margin = logarithm(min(p, 1))
  }

  /// Removes the candidates below the fraction.
  public func apply(to candidates: inout Candidates) {
    guard p > 0, !candidates.isEmpty else { return }
    let least = candidates.logits[candidates.indexOfMaximum] + margin
    let kept = candidates.logits.count { $0 >= least }
    if kept < minimumKept { return candidates.keepTop(minimumKept) }
    if candidates.isSorted { return candidates.keepFirst(kept) }
    candidates.removeAll { $0.logit < least }
  }
}
