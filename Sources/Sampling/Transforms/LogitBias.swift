/// Adds a number of one's own to the logits of some tokens; negative infinity forbids a token.
public struct LogitBias: LogitTransform {
  /// What is added, by token.
  public let biases: [Int: Float]

  /// Creates the transform; a bias that is NaN counts as 0.
  public init(_ biases: [Int: Float]) {
    self.biases = biases.filter { !$0.value.isNaN }
  }

  /// Adds the biases.
  public func apply(to candidates: inout Candidates) {
    for (token, bias) in biases {
      if let index = candidates.index(of: token) { candidates[index].logit += bias }
    }
  }
}
