// Writing keys and values to caches.
extension CPUBackend {
  /// Writes keys and values at each slice's positions.
  public func store(
    keys: Activations, values: Activations, layer: Int, in slices: [SequenceSlice]
  ) {
    let (source, values) = (host(keys), host(values))
    for slice in slices {
      let cache = host(slice.cache)
      cache.makeRoom(for: slice.positions, layer: layer)
      forEachRow(of: slice.rows.count, columns: 2 * keys.columns) { index in
        let row = slice.rows.lowerBound + index
        store(
          source.row(row), values.row(row), in: cache, layer: layer,
          position: slice.start + index)
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

  private func store(
    _ keys: UnsafePointer<Float>, _ values: UnsafePointer<Float>, in cache: CPUCache, layer: Int,
    position: Int
  ) {
    let memory = cache.shape.layers[layer]
    for head in 0..<memory.keyValueHeads {
      let place = cache.keys(layer: layer, head: head)
      place.layout.store(
        keys + head * memory.keyDimension, count: memory.keyDimension,
        slot: position - place.first, head: place.head, with: kernels)
      guard let size = memory.valueDimension else { continue }
      let valuePlace = cache.values(layer: layer, head: head)
      valuePlace.layout.store(
        values + head * size, count: size, slot: position - valuePlace.first,
        head: valuePlace.head, with: kernels)
    }
  }
}
