extension CPUCache {
  /// What a layer remembers of the first `count` positions.
  func contents(layer: Int, count: Int) throws(BackendError) -> LayerContents {
    let memory = shape.layers[layer]
    var contents = LayerContents()
    contents.first = min(layers[layer].slots.first, count)
    let positions = contents.first..<count
    contents.keys = vectors(
      of: positions, heads: memory.keyValueHeads, size: memory.keyDimension
    ) { keys(layer: layer, head: $0, position: $1) }
    if let size = memory.valueDimension {
      contents.values = vectors(of: positions, heads: memory.keyValueHeads, size: size) {
        values(layer: layer, head: $0, position: $1)
      }
    }
    contents.convolution = layers[layer].convolution?.contents
    contents.recurrence = layers[layer].recurrence?.contents
    return contents
  }

  private func vectors(
    of positions: Range<Int>, heads: Int, size: Int,
    at place: (_ head: Int, _ position: Int) -> UnsafeMutableRawPointer
  ) -> [UInt8] {
    let bytes = size * shape.type.byteCount
    return [UInt8](unsafeUninitializedCapacity: heads * positions.count * bytes) { buffer, count in
      let target = UnsafeMutableRawBufferPointer(buffer)
      for head in 0..<heads {
        for position in positions {
          let source = UnsafeRawBufferPointer(start: place(head, position), count: bytes)
          UnsafeMutableRawBufferPointer(rebasing: target[count...]).copyMemory(from: source)
          count += bytes
        }
      }
    }
  }

  /// Takes in what a layer of a cache of the same shape remembered.
  func restore(_ contents: LayerContents, layer: Int, count: Int) throws(BackendError) {
    let positions = try shape.positions(of: contents, layer: layer, count: count)
    let memory = shape.layers[layer]
    layers[layer].slots = SlotWindow(
      window: memory.window, slots: shape.slots(layer: layer), first: contents.first)
    write(
      contents.keys, of: positions, heads: memory.keyValueHeads, size: memory.keyDimension,
      padded: keySize(layer: layer)
    ) { keys(layer: layer, head: $0, position: $1) }
    if let size = memory.valueDimension {
      write(
        contents.values, of: positions, heads: memory.keyValueHeads, size: size,
        padded: valueSize(layer: layer)
      ) { values(layer: layer, head: $0, position: $1) }
    }
    if let states = contents.convolution { layers[layer].convolution?.restore(states) }
    if let states = contents.recurrence { layers[layer].recurrence?.restore(states) }
  }

  private func write(
    _ vectors: [UInt8], of positions: Range<Int>, heads: Int, size: Int, padded: Int,
    at place: (_ head: Int, _ position: Int) -> UnsafeMutableRawPointer
  ) {
    let (bytes, paddedBytes) = (size * shape.type.byteCount, padded * shape.type.byteCount)
    vectors.withUnsafeBytes { source in
      var first = 0
      for head in 0..<heads {
        for position in positions {
          let target = UnsafeMutableRawBufferPointer(
            start: place(head, position), count: paddedBytes)
          target.copyMemory(from: UnsafeRawBufferPointer(rebasing: source[first..<first + bytes]))
          for index in bytes..<paddedBytes { target[index] = 0 }
          first += bytes
        }
      }
    }
  }
}

extension CPUCache.States {
  fileprivate var contents: LayerContents.States {
    LayerContents.States(
      positions: pair.positions,
      values: (0..<2).map { index in
        guard pair.positions[index] != nil else { return Array(repeating: 0, count: floats) }
        return Array(UnsafeBufferPointer(start: state(index), count: floats))
      })
  }

  fileprivate mutating func restore(_ contents: LayerContents.States) {
    pair = StatePair(positions: contents.positions)
    for (index, values) in contents.values.enumerated() {
      values.withUnsafeBufferPointer { source in
        guard let base = source.baseAddress else { return }
        state(index).update(from: base, count: source.count)
      }
    }
  }
}
