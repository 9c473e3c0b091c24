import CTensorKernels
import Foundation
import QuantCore
import TestSupport
import Testing

@testable import TensorKernels

@Suite struct AttentionKernelTests {
  @Test(arguments: KernelSet.supported, CacheType.allCases)
  func equalsScalar(set: KernelSet, type: CacheType) {
    var random = SeededRandom(seed: 12)
    for (columns, dim, count) in [
      (1, 160, 1), (2, 64, 40), (3, 96, 33), (4, 128, 7), (7, 64, 9), (1, 32, 256), (17, 32, 20),
    ] {
      for any in [false, true] {
        let inputs = AttentionInputs(
          type, columns: columns, dim: dim, count: count, any: any, using: &random)
        let softcap: Float = any ? 0 : 3
        let (result, expected) = (
          inputs.run(set, softcap: softcap), inputs.run(.scalar, softcap: softcap)
        )
        let context: Comment = "\(columns), \(dim), \(count), any \(any)"
        #expect(same(result.scores, expected.scores), "scores \(context)")
        #expect(same(result.weights, expected.weights), "weights \(context)")
        #expect(same(result.shares, expected.shares), "shares \(context)")
        #expect(same(result.mixed, expected.mixed), "mix \(context)")
        #expect(same(result.merged, expected.merged), "merge \(context)")
        #expect(same(result.totals, expected.totals), "totals \(context)")
        #expect(result.isGuarded && expected.isGuarded, "\(context)")
      }
    }
  }

  @Test(arguments: CacheType.allCases, [0, 2] as [Float])
  func scalarIsAccurate(type: CacheType, softcap: Float) {
    var random = SeededRandom(seed: 13)
    let inputs = AttentionInputs(
      type, columns: 3, dim: 64, count: 40, any: false, using: &random)
    let result = inputs.run(.scalar, softcap: softcap)
    let vectors = inputs.vectors.map { Double($0) }
    func value(_ j: Int, _ d: Int) -> Double { vectors[j * inputs.dim + d] }
    for column in 0..<inputs.columns {
      let range = inputs.ranges.pointer[column]
      guard range.first < range.last else {
        #expect(result.shares[2 * column + 1] == 0)
        continue
      }
      let scores = (0..<inputs.count).map { j in
        let score = (0..<inputs.dim).reduce(0.0) {
          $0 + Double(inputs.queries.pointer[column * inputs.dim + $1]) * value(j, $1)
        }
        let first = column * Int(TK_TILE_POSITIONS)
        #expect(abs(Double(result.scores[first + j]) - score) < 1e-4)
        return softcap > 0 ? Double(softcap) * tanh(score / Double(softcap)) : score
      }
      let seen = Int(range.first)..<Int(range.last)
      let largest = scores[seen].max() ?? 0
      let weights = scores[seen].map { exp($0 - largest) }
      let sum = weights.reduce(0, +)
      #expect(abs(Double(result.shares[2 * column]) - largest) < 1e-4)
      #expect(abs(Double(result.shares[2 * column + 1]) - sum) < 1e-4 * sum)
      for d in 0..<inputs.dim {
        let expected = zip(seen, weights).reduce(0.0) { $0 + $1.1 * value($1.0, d) }
        #expect(abs(Double(result.mixed[column * inputs.dim + d]) - expected) < 1e-4 * sum)
        // Both tiles have the same mean, so the merged one has it, too.
        let merged = Double(result.merged[column * inputs.dim + d])
        #expect(abs(merged / Double(result.totals[2 * column + 1]) - expected / sum) < 1e-4)
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

  @Test(arguments: KernelSet.supported, CacheType.allCases)
  func storeEqualsScalar(set: KernelSet, type: CacheType) {
    var random = SeededRandom(seed: 14)
    for count in [1, 5, 16, 33, 4096] {
      let padded = (count + 31) / 32 * 32
      let values = Aligned(Self.storable(count: count, using: &random))
      let results = [set, .scalar].map { set in
        let out = Aligned<UInt8>(repeating: 1, count: type.byteCount(of: padded))
        set.store(values.pointer, count: count, padded: padded, as: type, at: out.pointer)
        #expect(out.isGuardIntact)
        var stored = [Float](repeating: 0, count: padded)
        var span = stored.mutableSpan
        type.tensorType.format.decode(out.array.span.bytes, into: &span)
        #expect(stored[count...].allSatisfy { $0 == 0 || $0.isNaN }, "\(count)")
        return stored
      }
      #expect(same(results[0], results[1]), "\(count)")
    }
  }
}
