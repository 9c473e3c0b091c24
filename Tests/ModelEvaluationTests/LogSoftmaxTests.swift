import Foundation
import ModelEvaluation
import TestSupport
import Testing

struct LogSoftmaxTests {
  @Test(arguments: [1, 7, 8, 15, 16, 17, 100, 333])
  func agreesWithTheDefinition(count: Int) {
    var random = SeededRandom(seed: UInt64(count))
    for scale: Float in [0, 1, 30, 1000] {
      let logits = random.gaussian(count: count, scale: scale)
      let largest = Double(logits.max() ?? 0)
      let expected = largest + log(logits.reduce(0) { $0 + exp(Double($1) - largest) })
      let normalizer = LogSoftmax.normalizer(of: logits.span)
      #expect(abs(normalizer - expected) <= 1e-12 * max(1, abs(expected)), "seed \(count)")
      let loss = LogSoftmax.negativeLogLikelihood(of: count / 2, in: logits.span)
      #expect(loss == normalizer - Double(logits[count / 2]))
      #expect(loss >= -1e-12)
    }
  }

  @Test(arguments: [3, 40])
  func equalLogitsAreEquallyLikely(count: Int) {
    let logits = [Float](repeating: -5, count: count)
    let loss = LogSoftmax.negativeLogLikelihood(of: 0, in: logits.span)
    #expect(abs(loss - log(Double(count))) < 1e-13)
  }

  @Test(arguments: 0..<33)
  func notANumberIsNoticedAnywhere(position: Int) {
    var logits = [Float](repeating: 1, count: 33)
    for bad in [Float.nan, .infinity] {
      logits[position] = bad
      #expect(!LogSoftmax.negativeLogLikelihood(of: 0, in: logits.span).isFinite)
    }
    logits[position] = -.infinity
    #expect(abs(LogSoftmax.normalizer(of: logits.span) - 1 - log(32)) < 1e-13)
  }
}
