import Sampling
import TestSupport
import Testing

struct CandidatesTests {
  /// Values with many ties, and now and then a NaN or an infinity.
  static func logits(count: Int, random: inout SeededRandom) -> [Float] {
    (0..<count).map { _ in
      switch Int.random(in: 0..<50, using: &random) {
      case 0: .nan
      case 1: -.infinity
      case 2: -0.0
      default: Float(Int.random(in: -20...20, using: &random)) / 4
      }
    }
  }

  /// The order that every selection must agree with: a stable sort by falling logit.
  static func reference(_ logits: [Float]) -> [Int] {
    let clean = logits.map { $0.isNaN ? -Float.infinity : $0 }
    return logits.indices.sorted { (clean[$1], $0) < (clean[$0], $1) }
  }

  @Test(arguments: [1, 2, 15, 16, 17, 100, 1023, 1025, 5000])
  func selectionAgreesWithSorting(count: Int) {
    var random = SeededRandom(seed: UInt64(count))
    for round in 0..<5 {
      let logits = Self.logits(count: count, random: &random)
      let order = Self.reference(logits)
      var candidates = Candidates(logits: logits.span)
      #expect(candidates.indexOfMaximum == order[0], "seed \(count), round \(round)")
      for limit in [1, 2, 7, count / 9, count / 2, count, count + 1] where limit > 0 {
        candidates.load(logits.span)
        candidates.keepTop(limit)
        #expect(candidates.isSorted)
        #expect(
          candidates.tokens.map { Int($0) } == Array(order.prefix(limit)),
          "seed \(count), round \(round), limit \(limit)")
      }
      candidates.load(logits.span)
      candidates.sort()
      #expect(candidates.tokens.map { Int($0) } == order, "seed \(count), round \(round)")
    }
  }

  @Test(arguments: [3, 300, 5000])
  func nucleusIsTheSameSortedAndUnsorted(count: Int) {
    var random = SeededRandom(seed: UInt64(count))
    for scale: Float in [0.01, 1, 8] {
      let logits = random.gaussian(count: count, scale: scale)
      for p: Float in [0, 0.3, 0.9, 0.9999] {
        var unsorted = Candidates(logits: logits.span)
        unsorted.keepTop(probability: p)
        var sorted = Candidates(logits: logits.span)
        sorted.sort()
        sorted.normalize()
        var sum: Float = 0
        let kept =
          1
          + (sorted.probabilities.firstIndex {
            sum += $0; return sum >= p
          } ?? count - 1)
        // Sums in another order may differ by a rounding, and so by a candidate.
        #expect(abs(unsorted.count - kept) <= 1 + kept / 500, "seed \(count), p \(p)")
        #expect(unsorted.tokens == Array(sorted.tokens.prefix(unsorted.count)))
      }
    }
  }

  @Test func loadingReusesWhateverWasLeft() {
    var candidates = Candidates(logits: [1, 3, 2].span)
    candidates.keepTop(1)
    candidates.load(([0, 5, 4, 9] as [Float]).span)
    #expect(candidates.tokens == [0, 1, 2, 3])
    candidates.removeAll { $0.token == 3 }
    #expect(candidates.index(of: 3) == nil)
    #expect(candidates.index(of: 2) == 2)
    #expect(candidates[candidates.indexOfMaximum] == .init(token: 1, logit: 5))
    candidates.load(([7, 7] as [Float]).span)
    #expect(candidates.index(of: 1) == 1)
    #expect(candidates.indexOfMaximum == 0)
  }

  @Test func tiesResolveToTheLowestTokenInAnyOrder() {
    var candidates = Candidates(logits: [1, 2, 3, 2].span)
    candidates.sort()
    candidates.updateLogits { _, logits in
      for index in logits.indices { logits[index] = 5 }
    }
    #expect(candidates[candidates.indexOfMaximum].token == 0)
    candidates.keepTop(2)
    #expect(candidates.tokens == [0, 1])
  }

  @Test func oddLogitsGiveProbabilities() {
    var candidates = Candidates(logits: [.nan, .infinity, 3, .infinity].span)
    candidates.normalize()
    #expect(candidates.probabilities == [0, 0.5, 0, 0.5])
    candidates.load(([.nan, -.infinity] as [Float]).span)
    candidates.normalize()
    #expect(candidates.probabilities == [0.5, 0.5])
  }
}
