import CTensorKernels
import TestSupport
import Testing

@testable import TensorKernels

@Suite struct RowKernelTests {
  static let lengths = [1, 2, 7, 15, 16, 17, 31, 48, 63, 100, 257]

  /// Values of all sizes, with the special ones among them.
  static func values(_ count: Int, seed: UInt64, special: Bool) -> [Float] {
    var random = SeededRandom(seed: seed)
    let specials: [Float] = [
      0, -0.0, .infinity, -.infinity, .nan, 88.5, -87.5, 104, -104, 0x1p-140, -0x1p-140, 3e38,
      -3e38, 1e-20, -1e-20, 15, -15, 14.3, -14.3, 12.9, -12.9,
    ]
    return random.gaussian(count: count, scale: 4).map { value in
      special && UInt8.random(in: 0..<4, using: &random) == 0
        ? specials.randomElement(using: &random) ?? 0 : value
    }
  }

  /// `n` elements each in b and c, and a multiple of that in a.
  private struct Rows {
    let n: Int
    let a, b, c: UnsafeMutablePointer<Float>
  }

  /// Runs `body` with the set and with the plain one on equal inputs, and compares what it wrote.
  private func compare(
    _ set: KernelSet, special: Bool = true, factor: Int = 1,
    _ body: (tk_kernels, Rows) -> Void
  ) {
    for n in Self.lengths {
      let results = [set, .scalar].map { set in
        let a = Aligned(Self.values(n * factor, seed: 6, special: special))
        let b = Aligned(Self.values(n, seed: 7, special: special))
        let c = Aligned(Self.values(n, seed: 8, special: special))
        body(set.table.pointee, Rows(n: n, a: a.pointer, b: b.pointer, c: c.pointer))
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
    compare(set) { $0.add($1.a, $1.b, $1.n, $1.c) }
    compare(set) { $0.add($1.a, $1.b, $1.n, $1.a) }
    compare(set) { $0.multiply($1.a, $1.b, $1.n, $1.c) }
    compare(set) { $0.multiply($1.a, $1.b, $1.n, $1.b) }
    compare(set) { $0.add_scaled($1.a, -1.7, $1.n, $1.c) }
  }

  @Test(arguments: KernelSet.supported, 0..<TK_FUNCTION_COUNT)
  func functions(set: KernelSet, function: Int) {
    let (a, b): (Float, Float) = (1.702, 2)
    compare(set) { $0.functions[function]($1.a, nil, $1.n, a, b, $1.c) }
    compare(set) { $0.functions[function]($1.a, nil, $1.n, a, b, $1.a) }
    compare(set) { $0.functions[function]($1.a, $1.b, $1.n, a, b, $1.c) }
    compare(set) { $0.functions[function]($1.a, $1.b, $1.n, a, b, $1.a) }
    compare(set) { $0.functions[function]($1.a, $1.b, $1.n, a, b, $1.b) }
  }

  @Test("Floats of all magnitudes", arguments: KernelSet.supported, 0..<TK_FUNCTION_COUNT)
  func functionsOfEverything(set: KernelSet, function: Int) {
    let x = Aligned(
      stride(from: 0, through: UInt32.max, by: 104_729).map { Float(bitPattern: $0) })
    let results = [set, .scalar].map { set in
      let out = Aligned<Float>(repeating: 0, count: x.count)
      set.table.pointee.functions[function](x.pointer, nil, x.count, 1.702, 2, out.pointer)
      return out.array
    }
    #expect(same(results[0], results[1]))
  }

  @Test(arguments: KernelSet.supported, [false, true])
  func rmsNorm(set: KernelSet, special: Bool) {
    compare(set, special: special) {
      $0.rms_norm($1.a, $1.b, $1.n, 1e-5, $1.c)
    }
    compare(set, special: special) { $0.rms_norm($1.a, nil, $1.n, 1e-6, $1.a) }
  }

  @Test(arguments: KernelSet.supported)
  func rope(set: KernelSet) {
    compare(set, factor: 2) { $0.rope_pairs($1.a, $1.b, $1.c, $1.n) }
    compare(set, factor: 2) { $0.rope_halves($1.a, $1.b, $1.c, $1.n) }
  }

  @Test func scalarRMSNormIsAccurate() {
    let x = Aligned(Self.values(100, seed: 9, special: false))
    let weight = Aligned(Self.values(100, seed: 10, special: false))
    let out = Aligned<Float>(repeating: 0, count: 100)
    ScalarKernels.rmsNorm(x.pointer, weight.pointer, 100, 1e-5, out.pointer)
    let mean = x.array.reduce(0.0) { $0 + Double($1) * Double($1) } / 100
    for i in 0..<100 {
      let expected = Double(x.pointer[i]) / (mean + 1e-5).squareRoot() * Double(weight.pointer[i])
      #expect(abs(Double(out.array[i]) - expected) <= 1e-6 * abs(expected))
    }
  }

  @Test func ropeTurnsByTheAngle() {
    // A quarter turn takes (a, b) to (-b, a).
    let (cosines, sines) = (Aligned<Float>([0, 0]), Aligned<Float>([1, 1]))
    let pairs = Aligned<Float>([1, 2, 3, 4])
    ScalarKernels.ropePairs(pairs.pointer, cosines.pointer, sines.pointer, 2)
    #expect(pairs.array == [-2, 1, -4, 3])
    let halves = Aligned<Float>([1, 3, 2, 4])
    ScalarKernels.ropeHalves(halves.pointer, cosines.pointer, sines.pointer, 2)
    #expect(halves.array == [-2, -4, 1, 3])
  }
}
