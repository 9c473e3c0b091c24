/// The feedback of both versions of Mirostat: a limit on surprise that follows what was drawn.
struct SurpriseControl: Sendable {
  /// The greatest surprise allowed, in bits: mu in the paper.
  private(set) var limit: Float
  private let target: Float
  private let rate: Float
  private let seed: UInt64
  private var generator: SeededGenerator

  init(target: Float, rate: Float, seed: UInt64) {
    self.target = target
    self.rate = rate
    self.seed = seed
    limit = 2 * target
    generator = SeededGenerator(seed: seed)
  }

  /// Draws one of the candidates left, and moves the limit by how surprising it was.
  mutating func draw(_ candidates: inout Candidates) -> Int {
    let index = candidates.draw(using: &generator)
    let surprise = -binaryLogarithm(candidates.probabilities[index])
    limit -= rate * (surprise - target)
    return candidates[index].token
  }

  mutating func reset() { self = SurpriseControl(target: target, rate: rate, seed: seed) }
}
