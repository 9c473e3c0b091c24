import QuantCore

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

extension ReferenceBackend {
  /// Writes keys and values at each slice's positions.
  public func store(
    keys: Activations, values: Activations, layer: Int, in slices: [SequenceSlice]
  ) {
    let (newKeys, newValues) = (rows(keys).values, rows(values).values)
    for slice in slices {
      let cache = cache(slice.cache)
      let memory = cache.shape.layers[layer]
      cache.makeRoom(for: slice.positions, layer: layer)
      func write(_ new: [Float], width: Int, to stored: inout [Float]) {
        let source = slice.rows.lowerBound * width..<slice.rows.upperBound * width
        let first = (slice.start - cache.windows[layer].first) * width
        stored.replaceSubrange(
          first..<first + source.count, with: new[source].map { $0.rounded(to: cache.shape.type) })
      }
      write(newKeys, width: memory.keyValueHeads * memory.keyDimension, to: &cache.keys[layer])
      guard let size = memory.valueDimension else { continue }
      write(newValues, width: memory.keyValueHeads * size, to: &cache.values[layer])
    }
  }

  /// Attention over each sequence's cache.
  ///
  /// Vaswani et al., "Attention Is All You Need" (2017); shared key-value heads as in Ainslie et
  /// al., "GQA" (2023).
  public func attend(
    _ queries: Activations, shape: AttentionShape, layer: Int, over slices: [SequenceSlice],
    into out: Activations
  ) {
    let source = rows(queries).values
    let sinks = shape.sinks.map { values($0) }
    let size = shape.headDimension
    var result = [Float](repeating: 0, count: out.rows * out.columns)
    for slice in slices {
      let cache = cache(slice.cache)
      for (row, position) in zip(slice.rows, slice.positions) {
        let visible = shape.visible(from: position, of: slice.positions.upperBound)
        for head in 0..<shape.heads {
          let shared = head / (shape.heads / shape.keyValueHeads)
          let start = row * queries.columns + head * size
          let query = source[start..<start + size]
          let scores = visible.map { position in
            let key = cache.key(layer: layer, head: shared, position: position)
            let score =
              zip(query, key).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
              * Double(shape.scale)
            return shape.softcap.map { Double($0) * tanh(score / Double($0)) } ?? score
          }
          let sink = sinks.map { Double($0[head]) }
          let largest = max(scores.max() ?? 0, sink ?? -.infinity)
          let weights = scores.map { exp($0 - largest) }
          let total = weights.reduce(sink.map { exp($0 - largest) } ?? 0, +)
          var sum = [Double](repeating: 0, count: shape.valueDimension)
          for (position, weight) in zip(visible, weights) {
            let value = cache.value(layer: layer, head: shared, position: position)
            for (element, value) in value.prefix(sum.count).enumerated() {
              sum[element] += weight * Double(value)
            }
          }
          let first = row * out.columns + head * shape.valueDimension
          result.replaceSubrange(first..<first + sum.count, with: sum.map { Float($0 / total) })
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
