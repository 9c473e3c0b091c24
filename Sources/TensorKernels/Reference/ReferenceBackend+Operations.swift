import QuantCore

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

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

  /// out = x / √(mean of squares + epsilon) · weight.
  public func rmsNorm(
    _ x: Activations, weight: Weight, epsilon: Float, into out: Activations
  ) {
    let (source, weight) = (rows(x).values, values(weight))
    var result: [Float] = []
    for row in 0..<x.rows {
      let values = source[row * x.columns..<(row + 1) * x.columns]
      let squares = values.reduce(0.0) { $0 + Double($1) * Double($1) }
      let scale = 1 / (squares / Double(x.columns) + Double(epsilon)).squareRoot()
      for (value, weight) in zip(values, weight) {
        result.append(Float(Double(value) * scale * Double(weight)))
      }
    }
    rows(out).values = result
  }

  /// out = function(gate) · up.
  public func gate(
    _ gate: Activations, _ up: Activations, function: ActivationFunction, into out: Activations
  ) {
    rows(out).values = zip(rows(gate).values, rows(up).values).map { gate, up in
      switch function {
      case .silu: Float(Double(gate) / (1 + exp(-Double(gate))) * Double(up))
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

  /// Writes keys and values at each slice's positions.
  public func store(
    keys: Activations, values: Activations, layer: Int, in slices: [SequenceSlice]
  ) {
    let (newKeys, newValues) = (rows(keys).values, rows(values).values)
    for slice in slices {
      let cache = cache(slice.cache)
      let width = cache.width(layer: layer)
      let source = slice.rows.lowerBound * width..<slice.rows.upperBound * width
      let target = slice.start * width..<(slice.start + slice.rows.count) * width
      cache.keys[layer].replaceSubrange(
        target, with: newKeys[source].map { $0.rounded(to: cache.shape.type) })
      cache.values[layer].replaceSubrange(
        target, with: newValues[source].map { $0.rounded(to: cache.shape.type) })
    }
  }

  /// Causal attention over each sequence's cache.
  ///
  /// Vaswani et al., "Attention Is All You Need" (2017); shared key-value heads as in Ainslie et
  /// al., "GQA" (2023).
  public func attend(
    _ queries: Activations, shape: AttentionShape, layer: Int, over slices: [SequenceSlice],
    into out: Activations
  ) {
    let source = rows(queries).values
    let size = shape.headDimension
    var result = [Float](repeating: 0, count: out.rows * out.columns)
    for slice in slices {
      let cache = cache(slice.cache)
      let width = cache.width(layer: layer)
      for (index, row) in slice.rows.enumerated() {
        for head in 0..<shape.heads {
          let shared = head / (shape.heads / shape.keyValueHeads) * size
          let query = source[
            row * queries.columns + head * size..<row * queries.columns
              + (head + 1) * size]
          let visible = 0...slice.start + index
          let scores = visible.map { position in
            let key = cache.keys[layer][
              position * width + shared..<position * width + shared
                + size]
            return zip(query, key).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
              * Double(shape.scale)
          }
          let largest = scores.max() ?? 0
          let weights = scores.map { exp($0 - largest) }
          let total = weights.reduce(0, +)
          for element in 0..<size {
            var sum = 0.0
            for position in visible {
              sum +=
                weights[position]
                * Double(
                  cache.values[layer][position * width + shared + element])
            }
            result[row * out.columns + head * size + element] = Float(sum / total)
          }
        }
      }
    }
    rows(out).values = result
  }
}

extension Float {
  /// The nearest value that a cache of `type` can hold.
  fileprivate func rounded(to type: CacheType) -> Float {
    switch type {
    case .f32: self
    case .f16: HalfPrecision.float(HalfPrecision.bits(self))
    case .bf16: BFloat16.float(BFloat16.bits(self))
    }
  }
}
