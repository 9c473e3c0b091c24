import TestSupport
import Testing

@testable import LlamaModel

@Suite struct DraftPacingTests {
  /// The tokens per step without guesses that take the same time, where every guess is right with
  /// some probability.
  private static func speed(acceptance: Double, guessCost: Double) -> Double {
    var pacing = DraftPacing(maximum: 10)
    var random = SeededRandom(seed: 7)
    var (tokens, time) = (0, 0.0)
    while tokens < 400 {
      let count = pacing.next()
      var accepted = 0
      while accepted < count, Double.random(in: 0..<1, using: &random) < acceptance {
        accepted += 1
      }
      tokens += accepted + 1
      time += 1 + guessCost * Double(count)
      if count > 0 { pacing.observe(accepted: accepted, of: count) }
    }
    return Double(tokens) / time
  }

  @Test(
    "Wrong guesses cost little, also where each takes half a step", arguments: [0, 0.02, 0.1, 0.3])
  func wrongGuesses(acceptance: Double) {
    #expect(Self.speed(acceptance: acceptance, guessCost: 0.17) > 0.95)
    #expect(Self.speed(acceptance: acceptance, guessCost: 0.5) > 0.9)
  }

  @Test("Right guesses pay")
  func rightGuesses() {
    #expect(Self.speed(acceptance: 1, guessCost: 0.17) > 3)
    #expect(Self.speed(acceptance: 0.9, guessCost: 0.17) > 2)
    #expect(Self.speed(acceptance: 0.7, guessCost: 0.17) > 1.3)
  }
}
