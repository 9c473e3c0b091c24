import CTensorKernels
import QuantCore
import TestSupport

@testable import TensorKernels

/// Queries, cached vectors and what each column sees of them.
struct AttentionInputs {
  let type: CacheType
  let columns: Int
  let dim: Int
  let count: Int
  /// `[columns][dim]`.
  let queries: Aligned<Float>
  /// `[count][dim]` in the cache's type; keys and values at once.
  let cache: Aligned<UInt8>
  let ranges: Aligned<tk_range>

  /// The number of a type in the kernels' tables.
  static func index(of type: CacheType) -> Int { CacheType.allCases.firstIndex(of: type) ?? 0 }

  /// Random inputs; with `any`, elements of all bit patterns. The first column sees everything; of
  /// the others some see nothing.
  init(
    _ type: CacheType, columns: Int, dim: Int, count: Int, any: Bool,
    using random: inout SeededRandom
  ) {
    self.type = type
    self.columns = columns
    self.dim = dim
    self.count = count
    queries = Aligned(random.gaussian(count: columns * dim))
    let bytes = Aligned<UInt8>(repeating: 0, count: count * type.byteCount(of: dim))
    if any {
      for i in 0..<bytes.count { bytes.pointer[i] = UInt8.random(in: 0...255, using: &random) }
    } else {
      let values = Aligned(random.gaussian(count: count * dim))
      for j in 0..<count {
        KernelSet.scalar.store(
          values.pointer + j * dim, count: dim, padded: dim, as: type,
          at: bytes.pointer + j * type.byteCount(of: dim))
      }
    }
    cache = bytes
    ranges = Aligned(
      (0..<columns).map { column in
        guard column > 0 else { return tk_range(first: 0, last: UInt32(count)) }
        let bounds = (0..<2).map { _ in UInt32.random(in: 0...UInt32(count), using: &random) }
        return tk_range(first: bounds[0], last: bounds[1])
      })
  }

  /// What the kernels give, step by step.
  struct Result {
    /// `[columns][TK_TILE_POSITIONS]`, 0 where nothing was written.
    var scores: [Float]
    /// The scores after the softmax of the tile.
    var weights: [Float]
    /// `[columns][dim]`.
    var mixed: [Float]
    /// The same, the tile merged twice with different shares.
    var merged: [Float]
    /// The largest score and the sum of each column.
    var shares: [Float]
    var totals: [Float]
    var isGuarded: Bool
  }

  /// Runs the kernels of a set.
  func run(_ set: KernelSet, softcap: Float) -> Result {
    let stride = Int(TK_TILE_POSITIONS)
    let table = set.table.pointee
    let scores = Aligned<Float>(repeating: 0, count: columns * stride)
    set.scores(type)(queries.pointer, columns, cache.pointer, dim, count, scores.pointer, stride)
    let raw = scores.array
    let shares = Aligned(
      [tk_share](repeating: tk_share(largest: -1, sum: -1), count: columns))
    table.soften(scores.pointer, stride, columns, ranges.pointer, softcap, shares.pointer)
    let mixed = Aligned<Float>(repeating: -1, count: columns * dim)
    set.mix(type)(
      scores.pointer, stride, columns, ranges.pointer, cache.pointer, dim, dim, mixed.pointer)
    let merged = Aligned<Float>(repeating: 0, count: columns * dim)
    let totals = Aligned(
      [tk_share](repeating: tk_share(largest: -.infinity, sum: 0), count: columns))
    table.merge(
      merged.pointer, totals.pointer, mixed.pointer, shares.pointer, columns, dim)
    let others = Aligned(
      shares.array.map { tk_share(largest: $0.largest + 0.5, sum: $0.sum) })
    table.merge(
      merged.pointer, totals.pointer, mixed.pointer, others.pointer, columns, dim)
    return Result(
      scores: raw, weights: scores.array, mixed: mixed.array, merged: merged.array,
      shares: shares.array.flatMap { [$0.largest, $0.sum] },
      totals: totals.array.flatMap { [$0.largest, $0.sum] },
      isGuarded: scores.isGuardIntact && shares.isGuardIntact && mixed.isGuardIntact
        && merged.isGuardIntact && totals.isGuardIntact)
  }

  /// The cached vectors, `[count][dim]`.
  var vectors: [Float] {
    var values = [Float](repeating: 0, count: count * dim)
    var span = values.mutableSpan
    type.tensorType.format.decode(cache.array.span.bytes, into: &span)
    return values
  }
}
