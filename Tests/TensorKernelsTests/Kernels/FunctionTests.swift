import Foundation
import Testing

@testable import TensorKernels

/// The functions of single elements against double precision.
@Suite struct FunctionTests {
  private func value(_ function: ActivationFunction, _ x: Float) -> Float {
    let (kernel, a, b) = function.kernel
    var result: Float = 0
    withUnsafePointer(to: x) { ScalarKernels.functions[kernel]($0, nil, 1, a, b, &result) }
    return result
  }

  @Test(arguments: BackendPrimitiveTests.functions)
  func isAccurate(function: ActivationFunction) {
    for step in -4000...4000 {
      let x = Float(step) * 0.005 + 0.00123
      let expected = function.value(Double(x))
      let error = abs(Double(value(function, x)) - expected)
      #expect(error <= 0x1p-22 * max(1, abs(expected)), "\(x)")
    }
  }

  @Test("Φ is within 2⁻²³, and its tail within what its exponent, rounded to 24 bits, leaves")
  func tails() {
    for step in -2580...2580 {
      let x = Float(step) * 0.005 + 0.00123
      let exact = Double(x)
      let y = (2 / Double.pi).squareRoot() * (exact + 0.044715 * exact * exact * exact)
      let cases = [
        (ActivationFunction.gelu, exact * erfc(-exact * 0.5.squareRoot()) / 2),
        (.geluTanh, exact / (1 + exp(-2 * y))),
      ]
      for (function, expected) in cases {
        let error = abs(Double(value(function, x)) - expected)
        #expect(error <= 0x1p-23 * abs(exact), "\(function) \(x)")
        #expect(error <= 0x1p-16 * max(abs(expected), 0x1p-100), "\(function) \(x)")
      }
    }
  }

  @Test func limits() {
    for function in [ActivationFunction.gelu, .geluTanh, .geluQuick, .silu] {
      #expect(value(function, 0) == 0)
      for x: Float in [104, 1e10, 3e38] {
        #expect(value(function, x) == x)
        #expect(value(function, -x) == 0)
      }
      #expect(value(function, .infinity) == .infinity)
      #expect(value(function, .nan).isNaN)
    }
    #expect(value(.gelu, -.infinity) == 0)
    #expect(value(.gelu, -12) < 0)
    #expect(value(.sigmoid, .infinity) == 1)
    #expect(value(.sigmoid, -.infinity) == 0)
    #expect(value(.softcap(3), .infinity) == 3)
    #expect(value(.softcap(3), -.infinity) == -3)
    #expect(value(.squaredReLU, -.infinity) == 0)
    #expect(value(.clampedSwish(slope: 1, limit: 200), .infinity) == 200)
  }
}
