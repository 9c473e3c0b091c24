import Foundation
import TestSupport
import Testing

@testable import Sampling

struct NumericsTests {
  @Test func exponentialIsExactEnough() {
    var worst = 0.0
    for step in -87_000...88_000 {
      let x = Float(step) / 1000
      let exact = exp(Double(x))
      worst = max(worst, abs(Double(exponential(x)) - exact) / exact)
    }
    #expect(worst < 2.5e-7)
    #expect(exponential(0) == 1)
    #expect(exponential(-.infinity) == 0)
    #expect(exponential(.nan) == 0)
    #expect(exponential(.infinity) == .infinity)
  }

  @Test func logarithmIsExactEnough() {
    var random = SeededRandom(seed: 1)
    for _ in 0..<10_000 {
      let x = Float(bitPattern: UInt32.random(in: 1..<0x7F80_0000, using: &random))
      let exact = Foundation.log(Double(x))
      #expect(abs(Double(logarithm(x)) - exact) <= 1.2e-7 * abs(exact), "\(x), seed 1")
    }
    #expect(logarithm(1) == 0)
    #expect(logarithm(0) == -.infinity)
    #expect(logarithm(-1) == -.infinity)
    #expect(logarithm(.infinity) == .infinity)
    #expect(logarithm(.nan).isNaN)
  }
}
