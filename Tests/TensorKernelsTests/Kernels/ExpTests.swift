import Testing

@testable import TensorKernels

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

@Suite struct ExpTests {
  @Test func isWithinTwoUnits() {
    for step in -10500...8870 {
      let x = Float(step) * 0.01 + 0.00123
      let result = ScalarKernels.exp(x)
      let expected = Float(pow(M_E, Double(x)))
      #expect(abs(result - expected) <= 2 * expected.ulp, "\(x)")
    }
  }

  @Test func limits() {
    #expect(ScalarKernels.exp(0) == 1)
    #expect(ScalarKernels.exp(-0.0) == 1)
    #expect(ScalarKernels.exp(-.infinity) == 0)
    #expect(ScalarKernels.exp(.infinity) == .infinity)
    #expect(ScalarKernels.exp(-105) == 0)
    #expect(ScalarKernels.exp(89) == .infinity)
    #expect(ScalarKernels.exp(88.7).isFinite)
    #expect(ScalarKernels.exp(.nan).isNaN)
  }
}
