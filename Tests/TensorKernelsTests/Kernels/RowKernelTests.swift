import CTensorKernels
import TestSupport
import Testing

@testable import TensorKernels

@Suite struct RowKernelTests {
  static let lengths = [1, 2, 7, 15, 16, 17, 31, 48, 63, 100]

  /// Values of all sizes, with the special ones among them.
  static func values(_ count: Int, seed: UInt64, special: Bool) -> [Float] {
    var random = SeededRandom(seed: seed)
    let specials: [Float] = [
      0, -0.0, .infinity, -.infinity, .nan, 88.5, -87.5, 104, -104, 1e-40, -1e-40, 3e38, -3e38,
    ]
    return random.gaussian(count: count, scale: 4).map { value in
      special && UInt8.random(in: 0..<4, using: &random) == 0
        ? specials.randomElement(using: &random) ?? 0 : value
    }
  }

  /// Runs `body` with the set and with the plain one on equal inputs, and compares what it wrote.
  private func compare(
    _ set: KernelSet, special: Bool = true, factor: Int = 1,
    _ body: (tk_kernels, _ n: Int, _ a: Aligned<Float>, _ b: Aligned<Float>, _ c: Aligned<Float>)
      -> Void
  ) {
    for n in Self.lengths {
      let results = [set, .scalar].map { set in
        let a = Aligned(Self.values(n * factor, seed: 6, special: special))
        let b = Aligned(Self.values(n, seed: 7, special: special))
        let c = Aligned(Self.values(n, seed: 8, special: special))
        body(set.table.pointee, n, a, b, c)
        #expect(a.isGuardIntact && b.isGuardIntact && c.isGuardIntact)
        return (a.array, b.array, c.array)
      }
      #expect(same(results[0].0, results[1].0), "n \(n)")
      #expect(same(results[0].1, results[1].1), "n \(n)")
      #expect(same(results[0].2, results[1].2), "n \(n)")
    }
  }

  @Test(arguments: KernelSet.supported)
  func elementwise(set: KernelSet) {
    compare(set) { $0.add($2.pointer, $3.pointer, $1, $4.pointer) }
    compare(set) { $0.add($2.pointer, $3.pointer, $1, $2.pointer) }
    compare(set) { $0.multiply($2.pointer, $3.pointer, $1, $4.pointer) }
    compare(set) { $0.multiply($2.pointer, $3.pointer, $1, $3.pointer) }
    compare(set) { $0.silu_multiply($2.pointer, $3.pointer, $1, $4.pointer) }
    compare(set) { $0.silu_multiply($2.pointer, $3.pointer, $1, $3.pointer) }
  }

  @Test(arguments: KernelSet.supported, [false, true])
  func rmsNorm(set: KernelSet, special: Bool) {
    compare(set, special: special) {
      $0.rms_norm($2.pointer, $3.pointer, $1, 1e-5, $4.pointer)
    }
    compare(set, special: special) { $0.rms_norm($2.pointer, nil, $1, 1e-6, $2.pointer) }
  }

  @Test(arguments: KernelSet.supported, [false, true])
  func softmax(set: KernelSet, special: Bool) {
    compare(set, special: special) { $0.softmax($2.pointer, $1) }
  }

  @Test(arguments: KernelSet.supported)
  func rope(set: KernelSet) {
    compare(set, factor: 2) { $0.rope_pairs($2.pointer, $3.pointer, $4.pointer, $1) }
    compare(set, factor: 2) { $0.rope_halves($2.pointer, $3.pointer, $4.pointer, $1) }
  }

  @Test func scalarRMSNormIsAccurate() {
    let x = Self.values(100, seed: 9, special: false)
    let weight = Self.values(100, seed: 10, special: false)
    let out = Aligned<Float>(repeating: 0, count: 100)
    ScalarKernels.rmsNorm(Aligned(x).pointer, Aligned(weight).pointer, 100, 1e-5, out.pointer)
    let mean = x.reduce(0.0) { $0 + Double($1) * Double($1) } / 100
    for i in 0..<100 {
      let expected = Double(x[i]) / (mean + 1e-5).squareRoot() * Double(weight[i])
      #expect(abs(Double(out.array[i]) - expected) <= 1e-6 * abs(expected))
    }
  }

  @Test func scalarSoftmaxSumsToOne() {
    let x = Aligned(Self.values(100, seed: 11, special: false))
    let largest = x.array.max()
    let first = x.array.firstIndex { $0 == largest }
    ScalarKernels.softmax(x.pointer, 100)
    #expect(abs(x.array.reduce(0.0) { $0 + Double($1) } - 1) < 1e-6)
    #expect(x.array.firstIndex { $0 == x.array.max() } == first)
    let one = Aligned<Float>([-.infinity, 3, -.infinity])
    ScalarKernels.softmax(one.pointer, 3)
    #expect(one.array == [0, 1, 0])
  }

  @Test func ropeTurnsByTheAngle() {
    // A quarter turn takes (a, b) to (-b, a).
    let pairs = Aligned<Float>([1, 2, 3, 4])
    ScalarKernels.ropePairs(pairs.pointer, Aligned([0, 0]).pointer, Aligned([1, 1]).pointer, 2)
    #expect(pairs.array == [-2, 1, -4, 3])
    let halves = Aligned<Float>([1, 3, 2, 4])
    ScalarKernels.ropeHalves(halves.pointer, Aligned([0, 0]).pointer, Aligned([1, 1]).pointer, 2)
    #expect(halves.array == [-2, -4, 1, 3])
  }
}
