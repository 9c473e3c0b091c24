/// A Hessian, made positive definite, and its factor `R`, upper triangular, with `H = R Rᵀ`.
///
/// `R` says how to make up for errors: given the errors `e` of the columns before column `k`, the
/// value of column `k` that costs nothing more is `w[k] + sum(e[j] R[j][k]) / R[k][k]`, and what
/// rounding it by `r` costs is `(R[k][k] * r)²`, whatever comes later. This is the feedback of GPTQ,
/// whose factor of the inverse Hessian is the inverse of `R`: no matrix is inverted here.
///
/// Factoring takes `columns³ / 3` multiplications in double precision; the result is kept in single
/// precision, `8 * columns²` bytes.
struct CompensationFactor: Sendable {
  let columns: Int
  /// The damped Hessian, scaled to a mean diagonal of 1, row by row.
  let hessian: [Float]
  /// `R`, row by row.
  let factor: [Float]
  /// The inverses of the Hessian's diagonal blocks of 8, row by row; empty unless `columns` is a
  /// multiple of 8.
  let unitInverses: [Float]

  /// Factors the damped moments.
  ///
  /// - Parameters:
  ///   - moments: The Hessian.
  ///   - damping: What is added to the diagonal, over the diagonal's mean; raised tenfold, and
  ///     again, until the matrix is positive definite.
  init(_ moments: SecondMoments, damping: Double) {
    let size = moments.columns
    let trace = (0..<size).reduce(0.0) { $0 + moments.sums[$1 * size + $1] }
    let mean = trace / Double(size)
    // Nothing known: all columns matter alike.
    let scale = mean > 0 ? 1 / mean : 0
    var damped = moments.sums.map { $0 * scale }
    var added = mean > 0 ? max(damping, 1e-9) : 1
    for i in 0..<size { damped[i * size + i] += added }
    var upper = Self.cholesky(damped, size: size)
    while upper == nil {
      for i in 0..<size { damped[i * size + i] += 9 * added }
      added *= 10
      upper = Self.cholesky(damped, size: size)
    }
    let reversed = upper ?? []
    var factor = [Float](repeating: 0, count: size * size)
    for i in 0..<size {
      for j in i..<size {
        factor[i * size + j] = Float(reversed[(size - 1 - j) * size + size - 1 - i])
      }
    }
    columns = size
    self.factor = factor
    hessian = damped.map { Float($0) }
    unitInverses = size % 8 == 0 ? Self.inverses(damped, size: size) : []
  }

  /// `U` with `A = Uᵀ U`, where `A` is the matrix with rows and columns in reverse; `nil` where it
  /// is not positive definite.
  private static func cholesky(_ matrix: [Double], size: Int) -> [Double]? {
    var work = [Double](matrix.reversed())
    var isDefinite = true
    var a = work.mutableSpan
    let panel = 64
    for start in stride(from: 0, to: size, by: panel) {
      let end = min(start + panel, size)
      for k in start..<end {
        for i in start..<k { subtract(i, from: k, size: size, &a) }
        let pivot = a[unchecked: k * size + k]
        guard pivot > 1e-12 else {
          isDefinite = false
          break
        }
        let inverse = 1 / pivot.squareRoot()
        for j in k..<size { a[unchecked: k * size + j] *= inverse }
      }
      guard isDefinite else { break }
      // Each later row is touched once for the whole panel.
      for k in end..<max(end, size) {
        for i in start..<end { subtract(i, from: k, size: size, &a) }
      }
    }
    return isDefinite ? work : nil
  }

  /// Takes what row `i` of the factor explains out of row `k`.
  @inline(__always)
  private static func subtract(
    _ i: Int, from k: Int, size: Int, _ a: inout MutableSpan<Double>
  ) {
    let coefficient = a[unchecked: i * size + k]
    for j in k..<size {
      a[unchecked: k * size + j] -= coefficient * a[unchecked: i * size + j]
    }
  }

  private static func inverses(_ matrix: [Double], size: Int) -> [Float] {
    stride(from: 0, to: size, by: 8).flatMap { first -> [Float] in
      // Gauss and Jordan; the block is positive definite, so that no pivot is zero.
      var rows = (0..<8).map { i in
        (0..<8).map { matrix[(first + i) * size + first + $0] }
          + (0..<8).map { $0 == i ? 1.0 : 0 }
      }
      for k in 0..<8 {
        let pivot = rows[k][k]
        for j in 0..<16 { rows[k][j] /= pivot }
        for i in 0..<8 where i != k {
          let coefficient = rows[i][k]
          for j in 0..<16 { rows[i][j] -= coefficient * rows[k][j] }
        }
      }
      return rows.flatMap { $0[8...].map { Float($0) } }
    }
  }
}

extension [Float] {
  /// Adds `factor` times `count` values of `other` to the values from `start` on.
  @inline(__always)
  mutating func add(
    _ factor: Float, times other: [Float], from otherStart: Int, to start: Int, count: Int
  ) {
    let other = other.span.extracting(otherStart..<otherStart + count)
    var values = mutableSpan
    for i in 0..<count { values[unchecked: start + i] += factor * other[unchecked: i] }
  }
}
