#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

extension ExpertRouting {
  /// The experts of a row and their weights, by rising number.
  ///
  /// - Parameter scores: The router's output, one per expert. Of equal scores the lower number
  ///   wins; one that is not a number never does.
  public func choose(from scores: some Collection<Float>) -> [(expert: Int, weight: Float)] {
    let scores = scores.map { $0.isNaN ? -Double.infinity : Double($0) }
    let probabilities =
      switch scoring {
      case .softmax: Self.softmax(scores)
      case .sigmoid: scores.map { 1 / (1 + exp(-$0)) }
      case .softmaxOfChosen: scores
      }
    let biased =
      bias.isEmpty
      ? probabilities : zip(probabilities, bias).map { $0 + Double($1) }
    let candidates = groups.count > 1 ? remaining(biased) : Array(biased.indices)
    let experts = Self.best(min(chosen, candidates.count), of: candidates) { biased[$0] }.sorted()
    var weights = experts.map { probabilities[$0] }
    if scoring == .softmaxOfChosen { weights = Self.softmax(weights) }
    if normalizes {
      // The smallest half: what keeps a sum of zeros from dividing.
      let total = max(weights.reduce(0, +), 0x1p-14)
      weights = weights.map { $0 / total }
    }
    return zip(experts, weights).map { ($0, Float($1 * Double(scale))) }
  }

  /// The experts of the best groups: by the best expert, or by the two best where scores are
  /// sigmoids (DeepSeek-V2 and V3).
  private func remaining(_ scores: [Double]) -> [Int] {
    let size = scores.count / groups.count
    let strongest = scoring == .sigmoid ? 2 : 1
    let values = (0..<groups.count).map { group in
      scores[group * size..<(group + 1) * size].sorted(by: >).prefix(strongest).reduce(0, +)
    }
    let kept = Self.best(min(groups.chosen, groups.count), of: Array(values.indices)) {
      values[$0]
    }
    return kept.sorted().flatMap { Array($0 * size..<($0 + 1) * size) }
  }

  private static func best(
    _ count: Int, of candidates: [Int], by value: (Int) -> Double
  ) -> ArraySlice<Int> {
    candidates.sorted { value($0) > value($1) || (value($0) == value($1) && $0 < $1) }
      .prefix(count)
  }

  private static func softmax(_ values: [Double]) -> [Double] {
    let largest = values.max() ?? 0
    let powers = values.map { largest.isFinite ? exp($0 - largest) : 1 }
    let total = powers.reduce(0, +)
    return powers.map { $0 / total }
  }
}
