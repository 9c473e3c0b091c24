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
      func write(_ new: [Float], _ type: CacheType, size: Int, to stored: inout [Float]) {
        let width = memory.keyValueHeads * size
        let source = slice.rows.lowerBound * width..<slice.rows.upperBound * width
        let first = (slice.start - cache.windows[layer].first) * width
        for offset in stride(from: 0, to: source.count, by: size) {
          let vector = new[source.lowerBound + offset..<source.lowerBound + offset + size]
          stored.replaceSubrange(
            first + offset..<first + offset + size, with: vector.rounded(to: type))
        }
      }
      let types = cache.shape.types
      write(newKeys, types.keys, size: memory.keyDimension, to: &cache.keys[layer])
      guard let size = memory.valueDimension else { continue }
      write(newValues, types.values, size: size, to: &cache.values[layer])
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

extension ArraySlice<Float> {
  /// The vector as a cache of `type` holds it.
  fileprivate func rounded(to type: CacheType) -> [Float] {
    let format = type.tensorType.format
    let blocks = (count + format.blockSize - 1) / format.blockSize
    var values = Array(self) + Array(repeating: 0, count: blocks * format.blockSize - count)
    var bytes = [UInt8](repeating: 0, count: blocks * format.blockBytes)
    bytes.withUnsafeMutableBytes { buffer in
      var stored = MutableRawSpan(_unsafeBytes: buffer)
      format.encode(values.span, importance: nil, into: &stored)
    }
    var decoded = values.mutableSpan
    format.decode(bytes.span.bytes, into: &decoded)
    return Array(values.prefix(count))
  }
}
