import CTensorKernels

/// What a sequence's layers remember: keys and values per layer and head, and states.
final class CPUCache: CacheStorage {
  let shape: CacheShape
  var layers: [Layer] = []

  struct Layer {
    var keys: Vectors
    /// Nil where values are the beginnings of keys.
    var values: Vectors?
    var slots: SlotWindow
    var convolution: States?
    var recurrence: States?
  }

  /// The vectors of all heads, head after head.
  struct Vectors {
    let layout: CachedVectors
    let headBytes: Int
    let memory: AlignedMemory

    init?(_ layout: CachedVectors, heads: Int, slots: Int) {
      let (headBytes, overflow) = slots.multipliedReportingOverflow(by: layout.rowBytes)
      let (bytes, overflow2) = heads.multipliedReportingOverflow(by: headBytes)
      // Large blocks come from the system as untouched pages: an unused context costs nothing.
      guard !overflow, !overflow2, let memory = AlignedMemory(byteCount: bytes) else { return nil }
      self.layout = layout
      self.headBytes = headBytes
      self.memory = memory
    }

    /// Copies the vectors of slots, which are whole panels, to the first slots of `target`.
    func copy(_ slots: Range<Int>, heads: Int, to target: Vectors) {
      let (first, count) = (slots.lowerBound * layout.rowBytes, slots.count * layout.rowBytes)
      for head in 0..<heads {
        let offset = head * headBytes
        (target.memory.pointer + offset).copyMemory(
          from: memory.pointer + offset + first, byteCount: count)
      }
    }
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
      // Whole panels; where a window moves, it leaves a part of one behind.
      let spare = CachedVectors.panelRows * (memory.window == nil ? 1 : 2)
      let (room, overflow) = shape.slots(layer: index).addingReportingOverflow(spare - 1)
      guard !overflow else { return nil }
      let slots = room / CachedVectors.panelRows * CachedVectors.panelRows
      let keys = CachedVectors(
        shape.types.keys, dimension: memory.keyDimension, inPanels: memory.valueDimension != nil)
      guard let stored = Vectors(keys, heads: memory.keyValueHeads, slots: slots) else {
        return nil
      }
      var layer = Layer(
        keys: stored,
        slots: SlotWindow(
          window: memory.window, slots: slots, alignment: CachedVectors.panelRows))
      if let size = memory.valueDimension {
        let values = CachedVectors(shape.types.values, dimension: size, inPanels: false)
        guard let stored = Vectors(values, heads: memory.keyValueHeads, slots: slots) else {
          return nil
        }
        layer.values = stored
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
      [layer.values?.memory, layer.convolution?.memory, layer.recurrence?.memory]
        .reduce(sum + layer.keys.memory.byteCount) { $0 + ($1?.byteCount ?? 0) }
    }
  }

  func canResume(at position: Int) -> Bool {
    layers.allSatisfy { layer in
      layer.slots.canResume(at: position)
        && (layer.convolution?.pair.canResume(at: position) ?? true)
        && (layer.recurrence?.pair.canResume(at: position) ?? true)
    }
  }

  /// A layer's keys: how they lie, those of a head, and the position in slot 0.
  func keys(
    layer: Int, head: Int
  ) -> (layout: CachedVectors, head: UnsafeMutableRawPointer, first: Int) {
    place(layers[layer].keys, head, layers[layer].slots)
  }

  /// The same for values; where these are the beginnings of keys, they are the keys.
  func values(
    layer: Int, head: Int
  ) -> (layout: CachedVectors, head: UnsafeMutableRawPointer, first: Int) {
    place(layers[layer].values ?? layers[layer].keys, head, layers[layer].slots)
  }

  private func place(
    _ vectors: Vectors, _ head: Int, _ slots: SlotWindow
  ) -> (layout: CachedVectors, head: UnsafeMutableRawPointer, first: Int) {
    (vectors.layout, vectors.memory.pointer + head * vectors.headBytes, slots.first)
  }

  /// Moves what stays visible to the front of a sliding layer that has no room for `positions`.
  func makeRoom(for positions: Range<Int>, layer: Int) {
    guard let kept = layers[layer].slots.makeRoom(for: positions) else { return }
    let (layer, heads) = (layers[layer], shape.layers[layer].keyValueHeads)
    let slots = kept.lowerBound..<kept.upperBound.rounded(upTo: CachedVectors.panelRows)
    layer.keys.copy(slots, heads: heads, to: layer.keys)
    if let values = layer.values { values.copy(slots, heads: heads, to: values) }
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
      let slots = 0..<used.rounded(upTo: CachedVectors.panelRows)
      source.keys.copy(slots, heads: memory.keyValueHeads, to: layers[index].keys)
      if let from = source.values, let to = layers[index].values {
        from.copy(slots, heads: memory.keyValueHeads, to: to)
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
