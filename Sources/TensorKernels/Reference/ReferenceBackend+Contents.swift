import QuantCore

extension ReferenceBackend.Cache {
  /// What a layer remembers of the first `count` positions.
  func contents(layer: Int, count: Int) throws(BackendError) -> LayerContents {
    let memory = shape.layers[layer]
    var contents = LayerContents()
    contents.first = min(windows[layer].first, count)
    let positions = contents.first..<count
    func vectors(
      _ vector: (_ head: Int, _ position: Int) -> ArraySlice<Float>
    ) -> [Float] {
      (0..<memory.keyValueHeads).flatMap { head in positions.flatMap { vector(head, $0) } }
    }
    contents.keys = try shape.type.bytes(
      of: vectors { key(layer: layer, head: $0, position: $1) })
    if memory.valueDimension != nil {
      contents.values = try shape.type.bytes(
        of: vectors { value(layer: layer, head: $0, position: $1) })
    }
    contents.convolution = convolutions[layer].contents
    contents.recurrence = recurrences[layer].contents
    return contents
  }

  /// Takes in what a layer of a cache of the same shape remembered.
  func restore(_ contents: LayerContents, layer: Int, count: Int) throws(BackendError) {
    let positions = try shape.positions(of: contents, layer: layer, count: count)
    let memory = shape.layers[layer]
    windows[layer] = SlotWindow(
      window: memory.window, slots: shape.slots(layer: layer), first: contents.first)
    func write(_ bytes: [UInt8], size: Int, to stored: inout [Float]) throws(BackendError) {
      let vectors = try shape.type.values(of: bytes)
      for head in 0..<memory.keyValueHeads {
        for slot in 0..<positions.count {
          let source = (head * positions.count + slot) * size
          let target = (slot * memory.keyValueHeads + head) * size
          stored.replaceSubrange(target..<target + size, with: vectors[source..<source + size])
        }
      }
    }
    try write(contents.keys, size: memory.keyDimension, to: &keys[layer])
    if let size = memory.valueDimension {
      try write(contents.values, size: size, to: &values[layer])
    }
    convolutions[layer].restore(contents.convolution)
    recurrences[layer].restore(contents.recurrence)
  }
}

extension ReferenceBackend.Cache.States {
  fileprivate var contents: LayerContents.States? {
    isUsed ? LayerContents.States(positions: pair.positions, values: states) : nil
  }

  fileprivate mutating func restore(_ contents: LayerContents.States?) {
    guard let contents else { return }
    pair = StatePair(positions: contents.positions)
    states = contents.values
  }
}

extension CacheType {
  fileprivate func bytes(of values: [Float]) throws(BackendError) -> [UInt8] {
    guard !values.isEmpty else { return [] }
    do {
      return try InMemoryTensor(
        name: "", shape: [values.count], values: values, as: tensorType
      ).bytes
    } catch {
      throw BackendError(.invalidTensor, error.message)
    }
  }

  fileprivate func values(of bytes: [UInt8]) throws(BackendError) -> [Float] {
    guard !bytes.isEmpty else { return [] }
    do {
      return try InMemoryTensor(
        name: "", type: tensorType, shape: [bytes.count / byteCount], bytes: bytes
      ).decoded()
    } catch {
      throw BackendError(.invalidTensor, error.message)
    }
  }
}
