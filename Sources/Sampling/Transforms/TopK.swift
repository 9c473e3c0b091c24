/// Keeps the `k` most likely candidates (A. Fan et al., "Hierarchical Neural Story Generation",
/// 2018).
public struct TopK: LogitTransform {
  /// How many candidates stay; 0 or less keeps all.
  public let k: Int

  /// Creates the transform.
  public init(_ k: Int) { self.k = k }

  /// Keeps the best candidates, ordered by falling logit.
  public func apply(to candidates: inout Candidates) {
    guard k > 0, k < candidates.count else { return }
    candidates.keepTop(k)
  }
}
