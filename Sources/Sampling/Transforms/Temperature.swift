/// Divides the logits by a temperature: below 1 likely tokens become likelier, above 1 less so.
///
/// A temperature of 0 or less keeps only the most likely token.
public struct Temperature: LogitTransform {
  /// The divisor.
  public let temperature: Float

  /// Creates the transform; NaN counts as 0.
  public init(_ temperature: Float) { self.temperature = temperature }

  /// Divides the logits, or keeps the best candidate.
  public func apply(to candidates: inout Candidates) {
    guard temperature > 0 else { return candidates.keepTop(1) }
    guard temperature != 1 else { return }
    let temperature = temperature
    candidates.updateLogits(keepsOrder: true) { _, logits in
      for index in logits.indices { logits[index] /= temperature }
    }
  }
}
