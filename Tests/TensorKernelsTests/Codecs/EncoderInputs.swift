import TestSupport

/// Rows that encoders are tried with.
enum EncoderInputs {
  /// Rows of many kinds: common weights, outliers, one sign, extremes of magnitude, constants,
  /// zeros, subnormals, and whole numbers, where ties are frequent.
  static func rows(columns: Int, seed: UInt64) -> [[Float]] {
    var random = SeededRandom(seed: seed)
    let common = random.gaussian(count: columns)
    var rows = [common, common.map { $0 * $0 * $0 }, common.map { abs($0) + 3 }]
    rows += [1e4, 1e-6, 3e-8, 0x1p-130, 1e20].map { scale in common.map { $0 * scale } }
    rows.append(common.enumerated().map { $0 % 61 == 0 ? $1 * 50 : $1 })
    rows.append(common.enumerated().map { $1 * Float($0 / 32 % 7) })
    rows.append(common.map { ($0 * 4).rounded() })
    rows += [0, 1, -0.3, 0x1p-140].map { [Float](repeating: $0, count: columns) }
    rows.append((0..<columns).map { $0 % 2 == 0 ? -0.0 : 0.5 })
    return rows
  }

  /// A weight for each column, some of them zero.
  static func importance(columns: Int, seed: UInt64) -> [Float] {
    var random = SeededRandom(seed: seed)
    return random.gaussian(count: columns).map { $0 < -1.5 ? 0 : $0 * $0 }
  }
}
