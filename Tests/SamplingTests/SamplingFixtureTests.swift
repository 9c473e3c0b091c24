import Sampling
import TestSupport
import Testing

/// What llama.cpp leaves of some logits.
@Suite(.enabled(if: Fixtures.isAvailable, "\(Fixtures.missing)"))
struct SamplingFixtureTests {
  @Test(arguments: Self.cases)
  func leavesWhatTheReferenceLeaves(_ fixture: SamplingCase) throws {
    let transforms = try #require(fixture.makeTransforms())
    var chain = SamplerChain(transforms: transforms, sampler: GreedySampler())
    for token in fixture.accepted { chain.accept(token) }
    var candidates = Candidates(logits: fixture.logits.span)
    chain.apply(to: &candidates)
    candidates.normalize()

    let found = Dictionary(
      uniqueKeysWithValues: zip(candidates.tokens.map { Int($0) }, candidates.probabilities))
    let expected = fixture.remaining.map { (token: Int($0[0]), probability: Float($0[1])) }
    // The reference leaves out candidates whose probability is zero in single precision.
    #expect(found.filter { $0.value > 1e-30 }.count == expected.count { $0.probability > 1e-30 })
    for (token, probability) in expected {
      let own = try #require(found[token], "token \(token) is missing")
      #expect(abs(own - probability) <= 2e-6 + 2e-5 * probability, "token \(token)")
    }
  }

  @Test func knowsAllSamplers() throws {
    #expect(try Self.allCases().filter { $0.makeTransforms() == nil }.isEmpty)
  }

  private static func allCases() throws -> [SamplingCase] {
    try Fixtures.json("sampling/cases.json")
  }

  private static let cases = ((try? allCases()) ?? []).filter { $0.makeTransforms() != nil }
}

/// One case of the file.
struct SamplingCase: Decodable, Sendable, CustomTestStringConvertible {
  var sampler: String
  var parameters: Parameters
  var accepted: [Int]
  var logits: [Float]
  /// Pairs of a token and its probability.
  var remaining: [[Double]]

  struct Parameters: Decodable, Sendable {
    var k: Int?
    var p: Float?
    var t: Float?
    var n: Float?
    var delta: Float?
    var exponent: Float?
    var minKeep: Int?
    var lastN: Int?
    var `repeat`: Float?
    var frequency: Float?
    var presence: Float?
    var order: [String]?

    enum CodingKeys: String, CodingKey {
      case k, p, t, n, delta, exponent, `repeat`, frequency, presence, order
      case minKeep = "min_keep"
      case lastN = "last_n"
    }
  }

  var testDescription: String { "\(sampler) \(parameters)" }

  /// The transforms of the case, or `nil` where one of them does not exist yet.
  func makeTransforms() -> [any LogitTransform]? {
    guard let order = parameters.order else {
      return Self.makeTransform(sampler, parameters).map { [$0] }
    }
    var transforms: [any LogitTransform] = []
    for step in order {
      let words = step.split(separator: " ")
      guard words.count == 2, let value = Float(words[1]) else { return nil }
      let parameters = Parameters(k: Int(value), p: value, t: value, minKeep: 1)
      guard let transform = Self.makeTransform(String(words[0]), parameters) else { return nil }
      transforms.append(transform)
    }
    return transforms
  }

  private static func makeTransform(
    _ name: String, _ parameters: Parameters
  ) -> (any LogitTransform)? {
    switch name {
    case "top_k": TopK(parameters.k ?? 0)
    case "top_p": TopP(parameters.p ?? 1, minimumKept: parameters.minKeep ?? 1)
    case "min_p": MinP(parameters.p ?? 0, minimumKept: parameters.minKeep ?? 1)
    case "temperature": Temperature(parameters.t ?? 1)
    case "typical": TypicalP(parameters.p ?? 1, minimumKept: parameters.minKeep ?? 1)
    case "top_n_sigma": TopNSigma(parameters.n ?? 0)
    case "temperature_ext":
      DynamicTemperature(
        parameters.t ?? 1, range: parameters.delta ?? 0, exponent: parameters.exponent ?? 1)
    case "penalties":
      RepetitionPenalties(
        repetition: parameters.repeat ?? 1, frequency: parameters.frequency ?? 0,
        presence: parameters.presence ?? 0, window: parameters.lastN ?? 64)
    default: nil
    }
  }
}
