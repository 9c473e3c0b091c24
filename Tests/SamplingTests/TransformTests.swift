import Sampling
import TestSupport
import Testing

struct TransformTests {
  private static let transforms: [any LogitTransform] = [
    TopK(0), TopK(1), TopK(3), TopK(1000), TopP(0), TopP(0.5), TopP(1), TopP(.nan), MinP(0),
    MinP(0.1), MinP(1), MinP(.nan), MinP(5), Temperature(0), Temperature(-1), Temperature(.nan),
    Temperature(0.01), Temperature(100), RepetitionPenalties(repetition: 1.5, window: 3),
    RepetitionPenalties(frequency: -2, presence: 1), TypicalP(0), TypicalP(0.5), TypicalP(.nan),
    TopNSigma(0.1), TopNSigma(.nan), TopNSigma(5), DynamicTemperature(1, range: 0.5),
    DynamicTemperature(0, range: 0), DynamicTemperature(0.5, range: 3, exponent: 2),
    LogitBias([0: 1, 2: -.infinity, 99: 3]), DontRepeatYourself(multiplier: 1),
    ExcludeTopChoices(chance: 1, threshold: 0, seed: 1), ExcludeTopChoices(chance: 1, seed: 1),
    Infill(vocabulary: ByteVocabulary()),
  ]

  private static let samplers: [any TokenSampler] = [
    DistributionSampler(seed: 1), GreedySampler(), MirostatSampler(seed: 1),
    MirostatSampler(target: 0, rate: 100, vocabularySize: 1, seed: 1), MirostatV2Sampler(seed: 1),
    MirostatV2Sampler(target: 0, seed: 1), AdaptiveProbabilitySampler(target: 0.5, seed: 1),
    AdaptiveProbabilitySampler(target: -1, seed: 1),
  ]

  @Test func noLogitsTrapAndSomethingStays() {
    let odd: [[Float]] = [
      [0], [.nan], [.nan, .nan], [.infinity, .infinity, 1], [-.infinity, -.infinity],
      [.nan, -.infinity, .infinity, 0, -0.0], [3e38, -3e38, 0],
    ]
    for logits in odd {
      for original in Self.transforms {
        var transform = original
        let name: Comment = "\(original) \(logits)"
        var candidates = Candidates(logits: logits.span)
        transform.apply(to: &candidates)
        #expect(!candidates.isEmpty, name)
        for original in Self.samplers {
          var sampler = original
          var left = candidates
          #expect(left.index(of: sampler.sample(&left)) != nil, "\(name) \(original)")
        }
      }
    }
  }

  @Test func temperatureZeroIsGreedy() {
    var candidates = Candidates(logits: [1, 4, 4, 2].span)
    Temperature(0).apply(to: &candidates)
    #expect(candidates.tokens == [1])
  }

  @Test func minimumKeptWins() {
    let logits: [Float] = [0, 10, 1, 2]
    var candidates = Candidates(logits: logits.span)
    MinP(0.5, minimumKept: 2).apply(to: &candidates)
    #expect(candidates.tokens == [1, 3])
    candidates.load(logits.span)
    TopP(0.1, minimumKept: 3).apply(to: &candidates)
    #expect(candidates.tokens == [1, 3, 2])
  }

  @Test func penaltiesForgetWhatLeavesTheWindow() {
    var penalties = RepetitionPenalties(repetition: 2, frequency: 1, presence: 10, window: 2)
    let logits: [Float] = [8, 8, -8]
    func apply() -> [Float] {
      var candidates = Candidates(logits: logits.span)
      penalties.apply(to: &candidates)
      return candidates.logits
    }
    #expect(apply() == logits)
    penalties.accept(0)
    penalties.accept(0)
    #expect(apply() == [-8, 8, -8])
    penalties.accept(2)
    #expect(apply() == [-7, 8, -27])
    penalties.accept(1)
    #expect(apply() == [8, -7, -27])
    penalties.accept(99)
    #expect(apply() == [8, -7, -8])
    penalties.reset()
    #expect(apply() == logits)
  }

  @Test func penaltiesFindTokensAfterRemoval() {
    var penalties = RepetitionPenalties(presence: 100)
    penalties.accept(3)
    penalties.accept(0)
    var candidates = Candidates(logits: [1, 2, 3, 4].span)
    candidates.keepTop(2)
    penalties.apply(to: &candidates)
    #expect(candidates.tokens == [3, 2])
    #expect(candidates.logits == [-96, 3])
    #expect(candidates[candidates.indexOfMaximum].token == 2)
  }
}
