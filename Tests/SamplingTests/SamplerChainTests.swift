import Sampling
import TestSupport
import Testing

struct SamplerChainTests {
  private func sequence(_ chain: inout SamplerChain, count: Int = 50) -> [Int] {
    var random = SeededRandom(seed: 5)
    return (0..<count).map { _ in
      let token = chain.sample(logits: random.gaussian(count: 100, scale: 2).span)
      chain.accept(token)
      return token
    }
  }

  @Test func aSeedDeterminesTheTokens() throws {
    let options = try SamplingOptions(temperature: 1.2, presencePenalty: 0.5, seed: 3)
    var first = options.makeChain()
    var second = options.makeChain()
    var other = options.makeChain(seed: 4)
    let tokens = sequence(&first)
    #expect(tokens == sequence(&second))
    #expect(tokens != sequence(&other))
    first.reset()
    #expect(tokens == sequence(&first))
  }

  @Test func tokensOfASeedNeverChange() throws {
    // Written down once: a change here breaks what users have recorded.
    var chain = try SamplingOptions(seed: 42).makeChain()
    #expect(sequence(&chain, count: 8) == [10, 96, 9, 77, 45, 80, 53, 94])
  }

  @Test func greedyTakesTheBestAndTheLowest() {
    var chain = SamplingOptions.greedy.makeChain()
    #expect(chain.sample(logits: ([1, 7, 7, .nan] as [Float]).span) == 1)
    #expect(chain.sample(logits: ([.nan, .nan] as [Float]).span) == 0)
    #expect(chain.sample(logits: ([.nan, -.infinity, -3e38] as [Float]).span) == 2)
  }

  @Test func greedyHeedsPenalties() throws {
    var chain = try SamplingOptions(temperature: 0, presencePenalty: 5).makeChain()
    let logits: [Float] = [1, 3, 2]
    #expect(chain.sample(logits: logits.span) == 1)
    chain.accept(1)
    #expect(chain.sample(logits: logits.span) == 2)
  }

  @Test func drawsFollowTheProbabilities() {
    var chain = SamplerChain(transforms: [], sampler: DistributionSampler(seed: 9))
    let logits: [Float] = [0, 1, 2, -.infinity]
    var counts = [0, 0, 0, 0]
    for _ in 0..<20_000 { counts[chain.sample(logits: logits.span)] += 1 }
    let expected = [0.09003, 0.24473, 0.66524, 0]
    for (count, probability) in zip(counts, expected) {
      #expect(abs(Double(count) / 20_000 - probability) < 0.015)
    }
  }

  @Test func aChainWhoseTransformsRemoveAllTakesTheBest() {
    struct RemoveAll: LogitTransform {
      func apply(to candidates: inout Candidates) { candidates.keepFirst(0) }
    }
    var chain = SamplerChain(
      transforms: [RemoveAll(), TopK(2), TopP(0.5), MinP(0.5), Temperature(2)],
      sampler: DistributionSampler(seed: 1))
    #expect(chain.sample(logits: ([1, 2, 0] as [Float]).span) == 1)
  }

  @Test func generatorGivesTheAlgorithmsNumbers() {
    // The reference implementation's output for SplitMix64(0) as the state.
    var generator = SeededGenerator(seed: 0)
    #expect(generator.next() == 0x99EC_5F36_CB75_F2B4)
    #expect(generator.next() == 0xBF6E_1F78_4956_452A)
    #expect((0..<1000).allSatisfy { _ in (0..<1).contains(generator.nextUnit()) })
  }
}
