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

  /// The entropy of the distribution, in nats; computes ``probabilities``.
  mutating func entropy() -> Float {
    normalize()
    var sum = 0.0
    for probability in probabilities where probability > 0 {
      sum -= Double(probability) * Double(logarithm(probability))
    }
    return Float(sum)
  }

  /// The index of a candidate drawn at random, each with its probability.
  mutating func draw(using generator: inout SeededGenerator) -> Int {
    normalize()
    let target = Float(generator.nextUnit())
    var sum: Float = 0
    var last = 0
    for index in 0..<count where probabilities[index] > 0 {
      sum += probabilities[index]
      last = index
      if target < sum { break }
    }
    // Rounding may leave the sum a little below one: the last possible candidate takes the rest.
    return last
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
