import CTensorKernels

/// What a sequence's layers remember: per layer and head `[slots, dimension padded to lanes]` for
/// keys and for values, and states.
final class CPUCache: CacheStorage {
  let shape: CacheShape
  var layers: [Layer] = []

  struct Layer {
    var keys: AlignedMemory
    /// Nil where values are the beginnings of keys.
    var values: AlignedMemory?
    var slots: SlotWindow
    var convolution: States?
    var recurrence: States?
  }

  /// Two states, one of which a step reads while it writes the other.
  struct States {
    var pair = StatePair()
    let floats: Int
    let memory: AlignedMemory

    init?(floats: Int) {
      let (bytes, overflow) = floats.multipliedReportingOverflow(by: 2 * MemoryLayout<Float>.size)
      guard !overflow, let memory = AlignedMemory(byteCount: bytes) else { return nil }
      self.floats = floats
      self.memory = memory
    }

    func state(_ index: Int) -> UnsafeMutablePointer<Float> {
      memory.pointer.assumingMemoryBound(to: Float.self) + index * floats
    }

    mutating func advance(
      over range: Range<Int>
    ) -> (source: UnsafeMutablePointer<Float>?, target: UnsafeMutablePointer<Float>) {
      let (source, target) = pair.advance(over: range)
      return (source.map { state($0) }, state(target))
    }
  }

  init?(_ shape: CacheShape) {
    self.shape = shape
    for (index, memory) in shape.layers.enumerated() {
      let slots = shape.slots(layer: index)
      func reserve(elements: Int) -> AlignedMemory? {
        let vector = elements.rounded(upTo: Int(TK_LANES)) * shape.type.byteCount
        let (vectors, overflow) = memory.keyValueHeads.multipliedReportingOverflow(by: slots)
        let (bytes, overflow2) = vectors.multipliedReportingOverflow(by: vector)
        // Large blocks come from the system as untouched pages: an unused context costs nothing.
        return overflow || overflow2 ? nil : AlignedMemory(byteCount: bytes)
      }
      guard let keys = reserve(elements: memory.keyDimension) else { return nil }
      var layer = Layer(keys: keys, slots: SlotWindow(window: memory.window, slots: slots))
      if let size = memory.valueDimension {
        guard let values = reserve(elements: size) else { return nil }
        layer.values = values
      }
      if memory.convolution != nil {
        guard let states = States(floats: memory.convolutionSize) else { return nil }
        layer.convolution = states
      }
      if memory.recurrence != nil {
        guard let states = States(floats: memory.recurrenceSize) else { return nil }
        layer.recurrence = states
      }
      layers.append(layer)
    }
  }

  var byteCount: Int {
    layers.reduce(0) { sum, layer in
      [layer.values, layer.convolution?.memory, layer.recurrence?.memory]
        .reduce(sum + layer.keys.byteCount) { $0 + ($1?.byteCount ?? 0) }
    }
  }

  func canResume(at position: Int) -> Bool {
    layers.allSatisfy { layer in
      layer.slots.canResume(at: position)
        && (layer.convolution?.pair.canResume(at: position) ?? true)
        && (layer.recurrence?.pair.canResume(at: position) ?? true)
    }
  }

  /// Elements of a stored key, padded.
  func keySize(layer: Int) -> Int { shape.layers[layer].keyDimension.rounded(upTo: Int(TK_LANES)) }

  /// Elements of a stored value, padded; those of a key where values are the beginnings of keys.
  func valueSize(layer: Int) -> Int { shape.layers[layer].valueSize.rounded(upTo: Int(TK_LANES)) }

  func keys(layer: Int, head: Int, position: Int) -> UnsafeMutableRawPointer {
    layers[layer].keys.pointer
      + offset(layer: layer, head: head, position: position, size: keySize(layer: layer))
  }

  func values(layer: Int, head: Int, position: Int) -> UnsafeMutableRawPointer {
    (layers[layer].values ?? layers[layer].keys).pointer
      + offset(layer: layer, head: head, position: position, size: valueSize(layer: layer))
  }

  private func offset(layer: Int, head: Int, position: Int, size: Int) -> Int {
    let slots = layers[layer].slots
    return (head * slots.slots + position - slots.first) * size * shape.type.byteCount
  }

  /// Moves what stays visible to the front of a sliding layer that has no room for `positions`.
  func makeRoom(for positions: Range<Int>, layer: Int) {
    guard let kept = layers[layer].slots.makeRoom(for: positions) else { return }
    let (slots, memory) = (layers[layer].slots.slots, shape.layers[layer])
    func move(_ stored: AlignedMemory, size: Int) {
      let bytes = size * shape.type.byteCount
      for head in 0..<memory.keyValueHeads {
        let first = stored.pointer + head * slots * bytes
        first.copyMemory(from: first + kept.lowerBound * bytes, byteCount: kept.count * bytes)
      }
    }
    move(layers[layer].keys, size: keySize(layer: layer))
    if let values = layers[layer].values { move(values, size: valueSize(layer: layer)) }
  }

  /// The convolution's inputs to read (nil for zeros) and to write.
  func advanceConvolution(
    layer: Int, over range: Range<Int>
  ) -> (source: UnsafeMutablePointer<Float>?, target: UnsafeMutablePointer<Float>)? {
    layers[layer].convolution?.advance(over: range)
  }

  /// The recurrent state to read (nil for zeros) and to write.
  func advanceRecurrence(
    layer: Int, over range: Range<Int>
  ) -> (source: UnsafeMutablePointer<Float>?, target: UnsafeMutablePointer<Float>)? {
    layers[layer].recurrence?.advance(over: range)
  }

  /// Copies what the first `count` positions of `other`, which has the same shape, need.
  func copy(_ other: CPUCache, count: Int) {
    for (index, memory) in shape.layers.enumerated() {
      let source = other.layers[index]
      layers[index].slots = source.slots
      let used = max(0, min(count - source.slots.first, source.slots.slots))
      func copy(_ from: AlignedMemory, to: AlignedMemory, size: Int) {
        let bytes = size * shape.type.byteCount
        for head in 0..<memory.keyValueHeads {
          let first = head * source.slots.slots * bytes
          (to.pointer + first).copyMemory(from: from.pointer + first, byteCount: used * bytes)
        }
      }
      copy(source.keys, to: layers[index].keys, size: keySize(layer: index))
      if let from = source.values, let to = layers[index].values {
        copy(from, to: to, size: valueSize(layer: index))
      }
      Self.copy(source.convolution, to: &layers[index].convolution)
      Self.copy(source.recurrence, to: &layers[index].recurrence)
    }
  }

  private static func copy(_ source: States?, to target: inout States?) {
    guard let source, target != nil else { return }
    target?.pair = source.pair
    target?.memory.pointer.copyMemory(
      from: source.memory.pointer, byteCount: 2 * source.floats * MemoryLayout<Float>.size)
  }
}
