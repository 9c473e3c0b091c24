extension Candidates {
  /// Computes ``probabilities`` from the logits: softmax.
  ///
  /// Logits of positive infinity share the whole probability; where all logits are negative
  /// infinity, all candidates are equally likely.
  public mutating func normalize() {
    guard probabilities.count != count, !isEmpty else { return }
    let greatest = isSorted ? logits[0] : maximum(logits.span)
    probabilities.resize(to: count)
    Self.softmax(logits, greatest: greatest, into: &probabilities)
  }

  private static func softmax(
    _ logits: [Float], greatest: Float, into probabilities: inout [Float]
  ) {
    var values = probabilities.mutableSpan
    // In double precision: a vocabulary's sum of small terms would lose them one by one.
    var sum = 0.0
    for index in 0..<values.count {
      let weight: Float
      if greatest.isFinite {
        weight = exponential(logits[index] - greatest)
      } else {
        weight = logits[index] == greatest ? 1 : 0
      }
      values[index] = weight
      sum += Double(weight)
    }
    let scale = sum > 0 ? Float(1 / sum) : 0
    for index in 0..<values.count { values[index] *= scale }
  }
}
