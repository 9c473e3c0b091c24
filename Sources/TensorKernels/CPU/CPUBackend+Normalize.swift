import CTensorKernels

extension CPUBackend {
  /// Normalizes runs of each row.
  public func normalize(_ x: Activations, _ norm: Normalization, into out: Activations) {
    let (source, target) = (host(x), host(out))
    let weight = norm.weight.map { vector($0) }
    let bias = norm.bias.map { vector($0) }
    forEachRow(of: x.rows, columns: x.columns) { row in
      for start in stride(from: 0, to: x.columns, by: norm.size) {
        // A vector as long as a row has weights of its own for each run.
        normalize(
          source.row(row) + start, norm,
          weight: weight.map { $0.values + start % $0.count },
          bias: bias.map { $0.values + start % $0.count }, into: target.row(row) + start)
      }
    }
  }

  private func normalize(
    _ x: UnsafePointer<Float>, _ norm: Normalization, weight: UnsafePointer<Float>?,
    bias: UnsafePointer<Float>?, into out: UnsafeMutablePointer<Float>
  ) {
    let count = norm.size
    switch norm.kind {
    case .rootMeanSquare:
      table.rms_norm(x, weight, count, norm.epsilon, out)
    case .euclidean:
      let factor = 1 / (Self.sum(count) { x[$0] * x[$0] } + norm.epsilon).squareRoot()
      for i in 0..<count { out[i] = x[i] * factor }
      if let weight { table.multiply(out, weight, count, out) }
    case .standard:
      let mean = Self.sum(count) { x[$0] } / Float(count)
      let variance = Self.sum(count) { (x[$0] - mean) * (x[$0] - mean) } / Float(count)
      let factor = 1 / (variance + norm.epsilon).squareRoot()
      for i in 0..<count { out[i] = (x[i] - mean) * factor }
      if let weight { table.multiply(out, weight, count, out) }
    }
    if let bias { table.add(out, bias, count, out) }
  }

  /// A sum in eight lanes, so that the compiler may use vectors and every build adds alike.
  @inline(__always)
  private static func sum(_ count: Int, of term: (Int) -> Float) -> Float {
    var lanes = SIMD8<Float>.zero
    let whole = count & ~7
    for start in stride(from: 0, to: whole, by: 8) {
      for lane in 0..<8 { lanes[lane] += term(start + lane) }
    }
    for i in whole..<count { lanes[i - whole] += term(i) }
    return lanes.sum()
  }
}
