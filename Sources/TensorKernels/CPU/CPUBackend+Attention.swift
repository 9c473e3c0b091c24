import CTensorKernels

extension CPUBackend {
  /// Writes keys and values at each slice's positions.
  public func store(
    keys: Activations, values: Activations, layer: Int, in slices: [SequenceSlice]
  ) {
    let (keys, values) = (host(keys), host(values))
    for slice in slices {
      let cache = host(slice.cache)
      forEachRow(of: slice.rows.count, columns: 2 * cache.dimension) { index in
        let row = slice.rows.lowerBound + index
        store(
          keys.row(row), values.row(row), in: cache, layer: layer, position: slice.start + index)
      }
    }
  }

  /// Rotates queries and keys and stores keys and values, row by row.
  public func rotateAndStore(
    queries: Activations, keys: Activations, values: Activations, rotation: Rotation,
    headDimension: Int, layer: Int, in slices: [SequenceSlice]
  ) {
    let angles = HostRotation(host(rotation.cosines), host(rotation.sines), rotation)
    let (q, k, v) = (host(queries), host(keys), host(values))
    for slice in slices {
      let cache = host(slice.cache)
      forEachRow(of: slice.rows.count, columns: queries.columns + 2 * keys.columns) { index in
        let row = slice.rows.lowerBound + index
        rotate(
          q.row(row), queries.columns, by: angles, row: row, headDimension: headDimension)
        rotate(k.row(row), keys.columns, by: angles, row: row, headDimension: headDimension)
        store(k.row(row), v.row(row), in: cache, layer: layer, position: slice.start + index)
      }
    }
  }

  /// Causal attention over each sequence's cache.
  public func attend(
    _ queries: Activations, shape: AttentionShape, layer: Int, over slices: [SequenceSlice],
    into out: Activations
  ) {
    let group = shape.heads / shape.keyValueHeads
    let dimension = shape.headDimension.rounded(upTo: Int(TK_LANES))
    let longest = slices.reduce(0) { max($0, $1.start + $1.rows.count) }
    let scoreStride = longest.rounded(upTo: Int(TK_LANES))
    // Scores, queries and results of the heads that share a key-value head, per thread.
    let perWorker = group * (scoreStride + 2 * dimension)
    let memory = Scratch(byteCount: threadCount * perWorker * 4, from: scratch)
    let (source, target) = (host(queries), host(out))

    for slice in slices {
      let cache = host(slice.cache)
      // Short chunks, because later rows see more positions and cost more.
      let chunk = slice.rows.count == 1 ? 1 : 8
      let chunks = (slice.rows.count + chunk - 1) / chunk
      let work = { (task: Int, worker: Int) in
        let head = task % shape.keyValueHeads
        let first = task / shape.keyValueHeads * chunk
        let scores = memory.floats(at: worker * perWorker)
        for index in first..<min(first + chunk, slice.rows.count) {
          let row = slice.rows.lowerBound + index
          self.attend(
            source.row(row) + head * group * shape.headDimension, shape: shape, cache: cache,
            layer: layer, head: head, count: slice.start + index + 1, scores: scores,
            scoreStride: scoreStride, into: target.row(row) + head * group * shape.headDimension)
        }
      }
      // A little work is done sooner than other threads are told of it.
      if slice.rows.count * longest * shape.heads * dimension < 16384 {
        for task in 0..<chunks * shape.keyValueHeads { work(task, 0) }
      } else {
        pool.run(tasks: chunks * shape.keyValueHeads, work)
      }
    }
  }

  /// One row, and the query heads that share one key-value head.
  private func attend(
    _ queries: UnsafePointer<Float>, shape: AttentionShape, cache: CPUCache, layer: Int, head: Int,
    count: Int, scores: UnsafeMutablePointer<Float>, scoreStride: Int,
    into out: UnsafeMutablePointer<Float>
  ) {
    let group = shape.heads / shape.keyValueHeads
    let (size, dimension) = (shape.headDimension, cache.dimension)
    let padded = scores + group * scoreStride
    for index in 0..<group {
      let query = padded + index * dimension
      query.update(from: queries + index * size, count: size)
      (query + size).update(repeating: 0, count: dimension - size)
    }
    let element = cache.shape.type.element
    kernels.scores(element)(
      padded, group, cache.keys(layer: layer, head: head), dimension, count, shape.scale, scores,
      scoreStride)
    for index in 0..<group { table.softmax(scores + index * scoreStride, count) }
    let mixed = padded + group * dimension
    kernels.mix(element)(
      scores, scoreStride, group, cache.values(layer: layer, head: head), dimension, count, mixed)
    for index in 0..<group {
      (out + index * size).update(from: mixed + index * dimension, count: size)
    }
  }

  private func store(
    _ keys: UnsafePointer<Float>, _ values: UnsafePointer<Float>, in cache: CPUCache, layer: Int,
    position: Int
  ) {
    let (size, dimension) = (cache.shape.headDimension, cache.dimension)
    let store = kernels.store(cache.shape.type.element)
    for head in 0..<cache.shape.keyValueHeads[layer] {
      let key = cache.keys(layer: layer, head: head, position: position)
      let value = cache.values(layer: layer, head: head, position: position)
      store(keys + head * size, size, key)
      store(values + head * size, size, value)
      // Zero is zero in every cache type; the kernels read whole lanes.
      let used = size * cache.shape.type.byteCount
      let unused = (dimension - size) * cache.shape.type.byteCount
      (key + used).initializeMemory(as: UInt8.self, repeating: 0, count: unused)
      (value + used).initializeMemory(as: UInt8.self, repeating: 0, count: unused)
    }
  }
}

extension CacheType {
  /// The kernels' name of the type.
  fileprivate var element: KernelSet.CacheElement {
    switch self {
    case .f32: .f32
    case .f16: .f16
    case .bf16: .bf16
    }
  }
}
