import QuantCore

extension ReferenceBackend {
  /// out[i] = table row `rows[i]`, decoded.
  public func gather(_ rows: [Int], from table: Weight, into out: Activations) {
    guard let storage = table.storage as? Table else {
      preconditionFailure("\(table.name) was not prepared as a table of this backend")
    }
    let format = table.type.format
    let rowBytes = table.columns / format.blockSize * format.blockBytes
    var values: [Float] = []
    storage.source.withBytes { bytes in
      for row in rows {
        var decoded = [Float](repeating: 0, count: table.columns)
        var span = decoded.mutableSpan
        format.decode(bytes.extracting(row * rowBytes..<(row + 1) * rowBytes), into: &span)
        values += decoded
      }
    }
    self.rows(out).values = values
  }

  /// out[i] = x[rows[i]].
  public func select(_ rows: [Int], of x: Activations, into out: Activations) {
    let source = self.rows(x).values
    self.rows(out).values = rows.flatMap { source[$0 * x.columns..<($0 + 1) * x.columns] }
  }

  /// out = x · Wᵀ.
  public func matmul(_ x: Activations, _ weight: Weight, into out: Activations) {
    let (source, matrix, columns) = (rows(x).values, values(weight), weight.columns)
    var result = [Float](repeating: 0, count: out.rows * out.columns)
    for row in 0..<x.rows {
      for feature in 0..<weight.rows {
        var sum = 0.0
        for k in 0..<columns {
          sum += Double(source[row * columns + k]) * Double(matrix[feature * columns + k])
        }
        result[row * out.columns + feature] = Float(sum)
      }
    }
    rows(out).values = result
  }

  /// out = a + b.
  public func add(_ a: Activations, _ b: Activations, into out: Activations) {
    rows(out).values = zip(rows(a).values, rows(b).values).map { $0 + $1 }
  }

  /// x += bias, in every row.
  public func addBias(_ bias: Weight, to x: Activations) {
    let (target, bias) = (rows(x), values(bias))
    for index in target.values.indices { target.values[index] += bias[index % x.columns] }
  }

  /// Normalizes runs of each row.
  public func normalize(_ x: Activations, _ norm: Normalization, into out: Activations) {
    let source = rows(x).values
    let (weight, bias) = (norm.weight.map { values($0) }, norm.bias.map { values($0) })
    var result: [Float] = []
    for start in stride(from: 0, to: source.count, by: norm.size) {
      let values = source[start..<start + norm.size].map { Double($0) }
      let count = Double(norm.size)
      let mean = norm.kind == .standard ? values.reduce(0, +) / count : 0
      let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      let divisor = norm.kind == .euclidean ? squares : squares / count
      let scale = 1 / (divisor + Double(norm.epsilon)).squareRoot()
      for (index, value) in values.enumerated() {
        let column = start % x.columns + index
        var element = (value - mean) * scale
        if let weight { element *= Double(weight[column % weight.count]) }
        if let bias { element += Double(bias[column % bias.count]) }
        result.append(Float(element))
      }
    }
    rows(out).values = result
  }

  /// out = function(gate) · up.
  public func gate(
    _ gate: Activations, _ up: Activations?, function: ActivationFunction, into out: Activations
  ) {
    let (gates, others) = (rows(gate).values, up.map { rows($0).values })
    let columns = up?.columns ?? gate.columns
    rows(out).values = (0..<gate.rows * columns).map { index in
      let value = Double(gates[gate.columns == 1 ? index / columns : index])
      let other = others.map { Double($0[index]) }
      return Float(function.value(value) * (other.map { function.companion($0) } ?? 1))
    }
  }

  /// Copies runs of columns of every row.
  public func copyColumns(_ runs: ColumnRuns, of x: Activations, into out: Activations) {
    let (source, target) = (rows(x).values, rows(out))
    for row in 0..<x.rows {
      for run in 0..<runs.count {
        let from = row * x.columns + runs.source.first + run * runs.source.stride
        let to = row * out.columns + runs.target.first + run * runs.target.stride
        target.values.replaceSubrange(to..<to + runs.width, with: source[from..<from + runs.width])
      }
    }
  }

  /// Rotates the first `2 * pairs` elements of each head.
  public func rotate(_ x: Activations, by rotation: Rotation, headDimension: Int) {
    let (target, pairs) = (rows(x), rotation.cosines.columns)
    let (cosines, sines) = (rows(rotation.cosines).values, rows(rotation.sines).values)
    for row in 0..<x.rows {
      for head in stride(from: 0, to: x.columns, by: headDimension) {
        for pair in 0..<pairs {
          let first = row * x.columns + head
          let (i, j) =
            switch rotation.pairing {
            case .adjacent: (first + 2 * pair, first + 2 * pair + 1)
            case .halves: (first + pair, first + pair + pairs)
            }
          let (cosine, sine) = (cosines[row * pairs + pair], sines[row * pairs + pair])
          let (a, b) = (target.values[i], target.values[j])
          target.values[i] = a * cosine - b * sine
          target.values[j] = a * sine + b * cosine
        }
      }
    }
  }
}
