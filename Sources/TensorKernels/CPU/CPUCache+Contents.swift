extension CPUCache {
  /// What a layer remembers of the first `count` positions.
  func contents(layer: Int, count: Int) throws(BackendError) -> LayerContents {
    let (memory, stored) = (shape.layers[layer], layers[layer])
    var contents = LayerContents()
    contents.first = min(stored.slots.oldest, count)
    let slots = contents.first - stored.slots.first..<count - stored.slots.first
    contents.keys = stored.keys.bytes(
      of: slots, heads: memory.keyValueHeads, dimension: memory.keyDimension)
    if let size = memory.valueDimension, let values = stored.values {
      contents.values = values.bytes(of: slots, heads: memory.keyValueHeads, dimension: size)
    }
    contents.convolution = stored.convolution?.contents
    contents.recurrence = stored.recurrence?.contents
    return contents
  }

  /// Takes in what a layer of a cache of the same shape remembered.
  func restore(_ contents: LayerContents, layer: Int, count: Int) throws(BackendError) {
    let positions = try shape.positions(of: contents, layer: layer, count: count)
    let memory = shape.layers[layer]
    let slots = SlotWindow(
      window: memory.window, slots: layers[layer].slots.slots,
      alignment: layers[layer].slots.alignment, oldest: contents.first, count: count)
    layers[layer].slots = slots
    layers[layer].keys.write(
      contents.keys, of: positions, in: slots, heads: memory.keyValueHeads,
      dimension: memory.keyDimension)
    if let size = memory.valueDimension {
      layers[layer].values?.write(
        contents.values, of: positions, in: slots, heads: memory.keyValueHeads, dimension: size)
    }
    if let states = contents.convolution { layers[layer].convolution?.restore(states) }
    if let states = contents.recurrence { layers[layer].recurrence?.restore(states) }
  }
}

extension CPUCache.Vectors {
  /// Vectors without what pads them beyond whole blocks, `[heads, slots]`.
  fileprivate func bytes(of slots: Range<Int>, heads: Int, dimension: Int) -> [UInt8] {
    let size = layout.type.byteCount(of: dimension)
    var vector = [UInt8](repeating: 0, count: layout.rowBytes)
    var all: [UInt8] = []
    all.reserveCapacity(heads * slots.count * size)
    for head in 0..<heads {
      for slot in slots {
        vector.withUnsafeMutableBytes { bytes in
          guard let base = bytes.baseAddress else { return }
          layout.copy(base, slot: slot, head: memory.pointer + head * headBytes, .outOfCache)
        }
        all += vector[..<size]
      }
    }
    return all
  }

  /// Puts vectors `[heads, positions]` where the slots want them, but those that do not fit.
  fileprivate func write(
    _ all: [UInt8], of positions: Range<Int>, in slots: SlotWindow, heads: Int, dimension: Int
  ) {
    let size = layout.type.byteCount(of: dimension)
    var vector = [UInt8](repeating: 0, count: layout.rowBytes)
    for head in 0..<heads {
      for position in max(positions.lowerBound, slots.oldest)..<positions.upperBound {
        let first = (head * positions.count + position - positions.lowerBound) * size
        vector.replaceSubrange(..<size, with: all[first..<first + size])
        vector.withUnsafeMutableBytes { bytes in
          guard let base = bytes.baseAddress else { return }
          layout.copy(
            base, slot: position - slots.first, head: memory.pointer + head * headBytes, .intoCache)
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
