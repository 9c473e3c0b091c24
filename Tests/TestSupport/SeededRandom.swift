/// A small seeded generator for test inputs (SplitMix64), the same on every platform.
public struct SeededRandom: RandomNumberGenerator {
  private var state: UInt64

  /// A generator that always gives the same numbers for the same seed.
  public init(seed: UInt64) { state = seed }

  /// The next 64 random bits.
  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// `count` values, roughly normal with standard deviation `scale`.
  public mutating func gaussian(count: Int, scale: Float = 1) -> [Float] {
    (0..<count).map { _ in
      // Irwin-Hall: twelve uniforms have variance one.
      let sum = (0..<12).reduce(Float(0)) { total, _ in
        total + Float.random(in: 0..<1, using: &self)
      }
      return (sum - 6) * scale
    }
  }
}
