/// Keeps the most likely candidates whose probabilities together reach `p`: nucleus sampling
/// (A. Holtzman et al., "The Curious Case of Neural Text Degeneration", 2019).
public struct TopP: LogitTransform {
  /// The probability to reach; 1 or more keeps all.
  public let p: Float
  /// How many candidates stay at least.
  public let minimumKept: Int

  /// Creates the transform.
  public init(_ p: Float, minimumKept: Int = 1) {
    self.p = p
    self.minimumKept = max(1, minimumKept)
  }

  /// Keeps the nucleus, ordered by falling logit.
  public func apply(to candidates: inout Candidates) {
    guard p < 1 else { return }
    candidates.keepTop(probability: p, minimumKept: minimumKept)
  }
}
