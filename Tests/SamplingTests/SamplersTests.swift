import Sampling
import Testing

/// Single steps on small inputs; llama.cpp gives the same.
struct SamplersTests {
  private func tokens(_ transform: some LogitTransform, _ logits: [Float]) -> [Int32] {
    var transform = transform
    var candidates = Candidates(logits: logits.span)
    transform.apply(to: &candidates)
    return candidates.tokens.sorted()
  }

  @Test func eachStepKeepsWhatItShould() {
    #expect(tokens(TopNSigma(1), [0, 0, 0, 0, 8]) == [4])
    #expect(tokens(TopNSigma(3), [0, 0, 0, 0, 8]) == [0, 1, 2, 3, 4])
    #expect(tokens(TypicalP(0.2), [3, 2, 1, 0]) == [1])
    #expect(tokens(LogitBias([1: -.infinity]), [3, 2]) == [0, 1])
    // Of the three likely ones only the least likely stays.
    #expect(
      tokens(ExcludeTopChoices(chance: 1, threshold: 0.1, seed: 1), [3, 2.9, 2.8, -3]) == [2, 3])
    #expect(
      tokens(ExcludeTopChoices(chance: 0, threshold: 0.1, seed: 1), [3, 2.9, 2.8]) == [0, 1, 2])
    #expect(
      tokens(ExcludeTopChoices(chance: 1, threshold: 0.1, minimumKept: 3, seed: 1), [3, 2.9, 2.8])
        == [0, 1, 2])
  }

  @Test func dynamicTemperatureFollowsTheEntropy() {
    var flat = Candidates(logits: [1, 1, 1].span)
    DynamicTemperature(1, range: 0.5).apply(to: &flat)
    #expect(abs(flat.logits[0] - 1 / 1.5) < 1e-5)
    var sharp = Candidates(logits: [100, 0, 0].span)
    DynamicTemperature(1, range: 0.5).apply(to: &sharp)
    #expect(abs(sharp.logits[0] - 200) < 0.01)
  }

  @Test func repetitionsArePenalisedUpToABreaker() {
    var dry = DontRepeatYourself(
      multiplier: 1, base: 2, allowedLength: 2, breakers: SequenceBreakers([[9]]))
    for token in [1, 2, 3, 4, 1, 2, 3] { dry.accept(token) }
    var candidates = Candidates(logits: [Float](repeating: 0, count: 10).span)
    dry.apply(to: &candidates)
    #expect(candidates.logits == [0, 0, 0, 0, -2, 0, 0, 0, 0, 0])
    dry.accept(9)
    candidates.load([Float](repeating: 0, count: 10).span)
    dry.apply(to: &candidates)
    #expect(candidates.logits.allSatisfy { $0 == 0 })
    dry.reset()
    dry.apply(to: &candidates)
    #expect(candidates.logits.allSatisfy { $0 == 0 })
  }

  @Test func breakersAreFoundInTokens() {
    let vocabulary = ByteVocabulary(["a:b", "x\"", "ab", "cab"])
    let breakers = SequenceBreakers(
      texts: [":", "abc"], vocabulary: vocabulary, tokenize: { $0.utf8.map { Int($0) } })
    var dry = DontRepeatYourself(multiplier: 1, base: 2, allowedLength: 1, breakers: breakers)
    // “cab” and “c” are a breaker, begun within a token.
    for token in [5, 6, 259, 99, 5] { dry.accept(token) }
    var candidates = Candidates(logits: [Float](repeating: 0, count: 262).span)
    dry.apply(to: &candidates)
    #expect(candidates.logits[6] == -1)
    dry.accept(58)
    candidates.load([Float](repeating: 0, count: 262).span)
    dry.apply(to: &candidates)
    #expect(candidates.logits.allSatisfy { $0 == 0 })
  }

  @Test func infillEndsOrKeepsTheLikely() {
    let vocabulary = ByteVocabulary(["ab", "abc"])
    let infill = Infill(vocabulary: vocabulary)
    var candidates = Candidates(logits: [Float](repeating: -10, count: 259).span)
    candidates[258].logit = 5
    infill.apply(to: &candidates)
    #expect(candidates.tokens == [258])
    candidates.load([Float](repeating: -20, count: 259).span)
    candidates[256].logit = 4
    candidates[257].logit = 3
    candidates[120].logit = 3.5
    infill.apply(to: &candidates)
    #expect(candidates.tokens.sorted() == [256, 258])
  }

  @Test func samplersRepeatWithTheirSeed() throws {
    let samplers: [SamplingOptions.Sampler] = [
      .distribution, .mirostat(), .mirostatV2(), .adaptiveProbability(target: 0.3),
    ]
    for sampler in samplers {
      let options = try SamplingOptions(
        temperature: 1.3, xtcProbability: 0.5, sampler: sampler, seed: 4)
      var chain = options.makeChain()
      func run() -> [Int] {
        (0..<40).map { step in
          let logits = (0..<60).map { Float(($0 * 37 + step * 11) % 23) / 4 }
          let token = chain.sample(logits: logits.span)
          chain.accept(token)
          return token
        }
      }
      let first = run()
      chain.reset()
      #expect(run() == first)
      #expect(Set(first).count > 3)
    }
  }

  @Test func theOrderOfStepsIsAValue() throws {
    let options = try SamplingOptions(
      temperature: 2, topK: 0, topP: 1, minP: 0.3, order: [.temperature, .minP], seed: 1)
    var candidates = Candidates(logits: [4, 2, 1].span)
    var chain = options.makeChain()
    chain.apply(to: &candidates)
    #expect(candidates.count == 2)
    #expect(throws: SamplingError.self) { try SamplingOptions(order: [.topK, .topK]) }
  }

  @Test func logProbabilitiesNeedNoSort() {
    let logits: [Float] = [1, 2, 3, .nan, -.infinity]
    let found = TokenLogProbabilities(logits: logits.span, top: 2)
    #expect(found.top.map(\.token) == [2, 1])
    #expect(abs(found.top[0].logProbability + 0.407606) < 1e-5)
    #expect(abs(found.logProbability(of: 1) + 2.407606) < 1e-5)
    #expect(found.logProbability(of: .nan) == -.infinity)
  }
}
