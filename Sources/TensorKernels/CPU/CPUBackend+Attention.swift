import CTensorKernels

extension CPUBackend {
  /// Writes keys and values at each slice's positions.
  public func store(
    keys: Activations, values: Activations, layer: Int, in slices: [SequenceSlice]
  ) {
    let (keys, values) = (host(keys), host(values))
    for slice in slices {
      let cache = host(slice.cache)
      cache.makeRoom(for: slice.positions, layer: layer)
      forEachRow(of: slice.rows.count, columns: 2 * cache.keySize(layer: layer)) { index in
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
      cache.makeRoom(for: slice.positions, layer: layer)
      forEachRow(of: slice.rows.count, columns: queries.columns + 2 * keys.columns) { index in
        let row = slice.rows.lowerBound + index
        rotate(
          q.row(row), queries.columns, by: angles, row: row, headDimension: headDimension)
        rotate(k.row(row), keys.columns, by: angles, row: row, headDimension: headDimension)
        store(k.row(row), v.row(row), in: cache, layer: layer, position: slice.start + index)
      }
    }
  }

  /// Attention over what each row sees of its sequence's cache.
  public func attend(
    _ queries: Activations, shape: AttentionShape, layer: Int, over slices: [SequenceSlice],
    into out: Activations
  ) {
    let group = shape.heads / shape.keyValueHeads
    let longest = slices.reduce(0) { max($0, $1.positions.upperBound) }
    let visible = min(longest, shape.window.map { shape.isCausal ? $0 : 2 * $0 } ?? longest)
    // The sink's score comes behind the others.
    let scoreStride = (visible + (shape.sinks == nil ? 0 : 1)).rounded(upTo: Int(TK_LANES))
    let sinks = shape.sinks.map { vector($0) }
    let dimension = max(shape.headDimension, shape.valueDimension).rounded(upTo: Int(TK_LANES))
    // Scores, queries and results of the heads that share a key-value head, per thread.
    let perWorker = group * (scoreStride + 2 * dimension)
    let memory = Scratch(byteCount: threadCount * perWorker * 4, from: scratch)
    let (source, target) = (host(queries), host(out))

    for slice in slices {
      // Short chunks, because later rows see more positions and cost more.
      let chunk = slice.rows.count == 1 ? 1 : 8
      let chunks = (slice.rows.count + chunk - 1) / chunk
      let work = { (task: Int, worker: Int) in
        let head = task % shape.keyValueHeads
        let first = task / shape.keyValueHeads * chunk
        let heads = SharedHeads(
          shape: shape, cache: self.host(slice.cache), layer: layer, head: head,
          sinks: sinks.map { $0.values + head * group },
          scores: memory.floats(at: worker * perWorker), scoreStride: scoreStride)
        for index in first..<min(first + chunk, slice.rows.count) {
          let row = slice.rows.lowerBound + index
          self.attend(
            heads, from: source.row(row) + head * group * shape.headDimension,
            over: shape.visible(
              from: slice.start + index, of: slice.positions.upperBound),
            into: target.row(row) + head * group * shape.valueDimension)
        }
      }
      // A little work is done sooner than other threads are told of it.
      if slice.rows.count * visible * shape.heads * dimension < 16384 {
        for task in 0..<chunks * shape.keyValueHeads { work(task, 0) }
      } else {
        pool.run(tasks: chunks * shape.keyValueHeads, work)
      }
    }
  }

  /// The query heads that share one key-value head, and one thread's room to work.
  private struct SharedHeads {
    let shape: AttentionShape
    let cache: CPUCache
    let layer: Int
    let head: Int
    let sinks: UnsafePointer<Float>?
    let scores: UnsafeMutablePointer<Float>
    let scoreStride: Int

    var count: Int { shape.heads / shape.keyValueHeads }
  }

  /// One row of the query heads that share one key-value head.
  private func attend(
    _ heads: SharedHeads, from queries: UnsafePointer<Float>, over positions: Range<Int>,
    into out: UnsafeMutablePointer<Float>
  ) {
    let (shape, cache, layer) = (heads.shape, heads.cache, heads.layer)
    let (group, scores, scoreStride) = (heads.count, heads.scores, heads.scoreStride)
    let (size, dimension) = (shape.headDimension, cache.keySize(layer: layer))
    let padded = scores + group * scoreStride
    for index in 0..<group {
      let query = padded + index * dimension
      query.update(from: queries + index * size, count: size)
      (query + size).update(repeating: 0, count: dimension - size)
    }
    let element = cache.shape.type.element
    let first = positions.lowerBound
    kernels.scores(element)(
      padded, group, cache.keys(layer: layer, head: heads.head, position: first), dimension,
      positions.count, shape.scale, scores, scoreStride)
    for index in 0..<group {
      let row = scores + index * scoreStride
      if let cap = shape.softcap {
        apply(.softcap(cap), row, nil, positions.count, into: row)
      }
      if let sinks = heads.sinks { row[positions.count] = sinks[index] }
      table.softmax(row, positions.count + (heads.sinks == nil ? 0 : 1))
    }
    let width = cache.valueSize(layer: layer)
    let mixed = padded + group * dimension
    kernels.mix(element)(
      scores, scoreStride, group,
      cache.values(layer: layer, head: heads.head, position: first), width, positions.count, mixed)
    for index in 0..<group {
      (out + index * shape.valueDimension).update(
        from: mixed + index * width, count: shape.valueDimension)
    }
  }

  private func store(
    _ keys: UnsafePointer<Float>, _ values: UnsafePointer<Float>, in cache: CPUCache, layer: Int,
    position: Int
  ) {
    let memory = cache.shape.layers[layer]
    for head in 0..<memory.keyValueHeads {
      store(
        keys + head * memory.keyDimension, memory.keyDimension, cache.keySize(layer: layer),
        as: cache.shape.type, at: cache.keys(layer: layer, head: head, position: position))
      guard let size = memory.valueDimension else { continue }
      store(
        values + head * size, size, cache.valueSize(layer: layer), as: cache.shape.type,
        at: cache.values(layer: layer, head: head, position: position))
    }
  }

  private func store(
    _ vector: UnsafePointer<Float>, _ size: Int, _ padded: Int, as type: CacheType,
    at place: UnsafeMutableRawPointer
  ) {
    kernels.store(type.element)(vector, size, place)
    // Zero is zero in every cache type; the kernels read whole lanes.
    (place + size * type.byteCount).initializeMemory(
      as: UInt8.self, repeating: 0, count: (padded - size) * type.byteCount)
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
