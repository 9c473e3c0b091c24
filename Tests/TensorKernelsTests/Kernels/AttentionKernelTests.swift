import CTensorKernels
import QuantCore
import TestSupport
import Testing

@testable import TensorKernels

@Suite struct AttentionKernelTests {
  /// Random cache elements of a type, 2 or 4 bytes each.
  static func elements(
    _ element: KernelSet.CacheElement, count: Int, any: Bool, using random: inout SeededRandom
  ) -> [UInt8] {
    (0..<count).flatMap { _ -> [UInt8] in
      let bits =
        switch (element, any) {
        case (_, true): UInt32(truncatingIfNeeded: random.next())
        case (.f32, _): Float.random(in: -2...2, using: &random).bitPattern
        case (.f16, _): UInt32(HalfPrecision.bits(Float.random(in: -2...2, using: &random)))
        case (.bf16, _): UInt32(BFloat16.bits(Float.random(in: -2...2, using: &random)))
        }
      return (0..<element.bytes).map { UInt8(truncatingIfNeeded: bits >> (8 * $0)) }
    }
  }

  static func value(_ element: KernelSet.CacheElement, _ bytes: [UInt8], _ index: Int) -> Double {
    let bits = (0..<element.bytes).reduce(UInt32(0)) {
      $0 | UInt32(bytes[index * element.bytes + $1]) << UInt32(8 * $1)
    }
    return switch element {
    case .f32: Double(Float(bitPattern: bits))
    case .f16: Double(HalfPrecision.float(UInt16(bits)))
    case .bf16: Double(BFloat16.float(UInt16(bits)))
    }
  }

  @Test(arguments: KernelSet.supported, KernelSet.CacheElement.allCases)
  func equalsScalar(set: KernelSet, element: KernelSet.CacheElement) {
    var random = SeededRandom(seed: 12)
    for (heads, dim, count) in [
      (1, 16, 1), (1, 64, 5), (2, 48, 3), (3, 80, 4), (4, 128, 7), (5, 32, 2), (7, 64, 9),
      (8, 112, 1), (1, 144, 33),
    ] {
      for any in [false, true] {
        let cache = Aligned(
          Self.elements(element, count: count * dim, any: any, using: &random))
        let queries = Aligned(random.gaussian(count: heads * dim))
        let probabilities = Aligned(random.gaussian(count: heads * (count + 2), scale: 0.1))
        let results = [set, .scalar].map { set in
          let scores = Aligned<Float>(repeating: -1, count: heads * (count + 1))
          set.scores(element)(
            queries.pointer, heads, cache.pointer, dim, count, 0.125, scores.pointer, count + 1)
          let mixed = Aligned<Float>(repeating: -1, count: heads * dim)
          set.mix(element)(
            probabilities.pointer, count + 2, heads, cache.pointer, dim, count, mixed.pointer)
          #expect(scores.isGuardIntact && mixed.isGuardIntact)
          return (scores.array, mixed.array)
        }
        #expect(same(results[0].0, results[1].0), "scores \(heads), \(dim), \(count), \(any)")
        #expect(same(results[0].1, results[1].1), "mix \(heads), \(dim), \(count), \(any)")
      }
    }
  }

  @Test(arguments: KernelSet.CacheElement.allCases)
  func scalarIsAccurate(element: KernelSet.CacheElement) {
    var random = SeededRandom(seed: 13)
    let (heads, dim, count) = (2, 64, 5)
    let bytes = Self.elements(element, count: count * dim, any: false, using: &random)
    let cache = Aligned(bytes)
    let queries = Aligned(random.gaussian(count: heads * dim))
    let probabilities = Aligned(random.gaussian(count: heads * count))
    let scores = Aligned<Float>(repeating: 0, count: heads * count)
    let mixed = Aligned<Float>(repeating: 0, count: heads * dim)
    KernelSet.scalar.scores(element)(
      queries.pointer, heads, cache.pointer, dim, count, 0.125, scores.pointer, count)
    KernelSet.scalar.mix(element)(
      probabilities.pointer, count, heads, cache.pointer, dim, count, mixed.pointer)
    for head in 0..<heads {
      for j in 0..<count {
        let expected = (0..<dim).reduce(0.0) {
          $0 + Double(queries.pointer[head * dim + $1]) * Self.value(element, bytes, j * dim + $1)
        }
        #expect(abs(Double(scores.array[head * count + j]) - expected / 8) < 1e-5)
      }
      for d in 0..<dim {
        let expected = (0..<count).reduce(0.0) {
          $0 + Double(probabilities.pointer[head * count + $1])
            * Self.value(element, bytes, $1 * dim + d)
        }
        #expect(abs(Double(mixed.array[head * dim + d]) - expected) < 1e-5)
      }
    }
  }

  /// Floats of all bit patterns: most are out of a half's range, so half of them are made to fit.
  static func storable(count: Int, using random: inout SeededRandom) -> [Float] {
    (0..<count).map { i in
      let bits = UInt32(truncatingIfNeeded: random.next())
      return Float(bitPattern: i % 2 == 0 ? bits : bits & 0x8FFF_FFFF | 0x3000_0000)
    }
  }

  @Test(arguments: KernelSet.supported, KernelSet.CacheElement.allCases)
  func storeEqualsScalar(set: KernelSet, element: KernelSet.CacheElement) {
    var random = SeededRandom(seed: 14)
    for count in [1, 5, 16, 33, 4096] {
      let values = Aligned(Self.storable(count: count, using: &random))
      let results = [set, .scalar].map { set in
        let out = Aligned<UInt8>(repeating: 0, count: count * element.bytes)
        set.store(element)(values.pointer, count, out.pointer)
        #expect(out.isGuardIntact)
        let bytes = out.array
        return (0..<count).map { Float(Self.value(element, bytes, $0)) }
      }
      #expect(same(results[0], results[1]), "\(count)")
    }
  }
}
