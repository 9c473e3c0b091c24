import QuantCore

extension ReferenceBackend.Cache {
  /// What a layer remembers of the first `count` positions.
  func contents(layer: Int, count: Int) throws(BackendError) -> LayerContents {
    let memory = shape.layers[layer]
    var contents = LayerContents()
    contents.first = min(windows[layer].oldest, count)
    let positions = contents.first..<count
    func bytes(
      _ type: CacheType, _ vector: (_ head: Int, _ position: Int) -> ArraySlice<Float>
    ) throws(BackendError) -> [UInt8] {
      var all: [UInt8] = []
      for head in 0..<memory.keyValueHeads {
        for position in positions { all += try type.bytes(of: vector(head, position)) }
      }
      return all
    }
    contents.keys = try bytes(shape.types.keys) { key(layer: layer, head: $0, position: $1) }
    if memory.valueDimension != nil {
      contents.values = try bytes(shape.types.values) {
        value(layer: layer, head: $0, position: $1)
      }
    }
    contents.convolution = convolutions[layer].contents
    contents.recurrence = recurrences[layer].contents
    return contents
  }

  /// Takes in what a layer of a cache of the same shape remembered.
  func restore(_ contents: LayerContents, layer: Int, count: Int) throws(BackendError) {
    let positions = try shape.positions(of: contents, layer: layer, count: count)
    let memory = shape.layers[layer]
    let window = SlotWindow(
      window: memory.window, slots: shape.slots(layer: layer), oldest: contents.first,
      count: count)
    windows[layer] = window
    func write(
      _ bytes: [UInt8], _ type: CacheType, size: Int, to stored: inout [Float]
    ) throws(BackendError) {
      let vectorBytes = type.byteCount(of: size)
      for head in 0..<memory.keyValueHeads {
        for position in window.oldest..<positions.upperBound {
          let source = (head * positions.count + position - positions.lowerBound) * vectorBytes
          let vector = try type.values(of: bytes[source..<source + vectorBytes])
          let target = ((position - window.first) * memory.keyValueHeads + head) * size
          stored.replaceSubrange(target..<target + size, with: vector[..<size])
        }
      }
    }
    try write(contents.keys, shape.types.keys, size: memory.keyDimension, to: &keys[layer])
    if let size = memory.valueDimension {
      try write(contents.values, shape.types.values, size: size, to: &values[layer])
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
  /// A vector's whole blocks.
  fileprivate func bytes(of vector: ArraySlice<Float>) throws(BackendError) -> [UInt8] {
    let block = tensorType.blockSize
    let count = (vector.count + block - 1) / block * block
    do {
      return try InMemoryTensor(
        name: "", shape: [count],
        values: vector + Array(repeating: 0, count: count - vector.count), as: tensorType
      ).bytes
    } catch {
      throw BackendError(.invalidTensor, error.message)
    }
  }

  /// The elements of whole blocks.
  fileprivate func values(of bytes: ArraySlice<UInt8>) throws(BackendError) -> [Float] {
    do {
      return try InMemoryTensor(
        name: "", type: tensorType,
        shape: [bytes.count / tensorType.blockBytes * tensorType.blockSize], bytes: Array(bytes)
      ).decoded()
    } catch {
      throw BackendError(.invalidTensor, error.message)
    }
  }
}
