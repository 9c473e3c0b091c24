/// Keeps the candidates whose logits are within `n` standard deviations of the greatest one (C. Tang
/// et al., "Top-nσ: Not All Logits Are You Need", 2024).
public struct TopNSigma: LogitTransform {
  /// The number of standard deviations; 0 or less keeps all.
  public let n: Float

  /// Creates the transform.
  public init(_ n: Float) { self.n = n }

  /// Removes the candidates further away. Logits of negative infinity do not count as values.
  public func apply(to candidates: inout Candidates) {
    guard n > 0, candidates.count > 1 else { return }
    let greatest = candidates.logits[candidates.indexOfMaximum]
    guard greatest.isFinite else { return }
    var count = 0.0
    var sum = 0.0
    for logit in candidates.logits where logit > -.infinity {
      count += 1
      sum += Double(logit)
    }
    let mean = sum / count
    var squares = 0.0
    for logit in candidates.logits where logit > -.infinity {
      squares += (Double(logit) - mean) * (Double(logit) - mean)
    }
    let least = greatest - n * Float((squares / count).squareRoot())
    candidates.removeAll { !($0.logit >= least) }
  }
}
