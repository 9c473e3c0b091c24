extension ReferenceBackend {
  /// Keys and values per layer, `[slots, heads, dimension]`, rounded to the cache type, and states.
  final class Cache: CacheStorage {
    let shape: CacheShape
    var keys: [[Float]]
    var values: [[Float]]
    var windows: [SlotWindow]
    var convolutions: [States]
    var recurrences: [States]

    struct States {
      let isUsed: Bool
      var pair = StatePair()
      var states: [[Float]]

      init(_ isUsed: Bool, size: Int) {
        self.isUsed = isUsed
        states = Array(repeating: Array(repeating: 0, count: size), count: 2)
      }
    }

    init(_ shape: CacheShape) {
      self.shape = shape
      func room(_ layer: Int, elements: Int) -> [Float] {
        Array(
          repeating: 0,
          count: shape.slots(layer: layer) * shape.layers[layer].keyValueHeads * elements)
      }
      keys = shape.layers.indices.map { room($0, elements: shape.layers[$0].keyDimension) }
      values = shape.layers.indices.map { room($0, elements: shape.layers[$0].valueDimension ?? 0) }
      windows = shape.layers.indices.map {
        SlotWindow(window: shape.layers[$0].window, slots: shape.slots(layer: $0))
      }
      convolutions = shape.layers.map {
        States($0.convolution != nil, size: $0.convolutionSize)
      }
      recurrences = shape.layers.map {
        States($0.recurrence != nil, size: $0.recurrenceSize)
      }
    }

    init(copying other: Cache) {
      shape = other.shape
      keys = other.keys
      values = other.values
      windows = other.windows
      convolutions = other.convolutions
      recurrences = other.recurrences
    }

    var byteCount: Int {
      (keys + values + (convolutions + recurrences).flatMap(\.states))
        .reduce(0) { $0 + 4 * $1.count }
    }

    func canResume(at position: Int) -> Bool {
      windows.allSatisfy { $0.canResume(at: position) }
        && (convolutions + recurrences).allSatisfy {
          !$0.isUsed || $0.pair.canResume(at: position)
        }
    }

    func makeRoom(for positions: Range<Int>, layer: Int) {
      guard let kept = windows[layer].makeRoom(for: positions) else { return }
      let memory = shape.layers[layer]
      func move(_ stored: inout [Float], width: Int) {
        let source = Array(stored[kept.lowerBound * width..<kept.upperBound * width])
        stored.replaceSubrange(..<source.count, with: source)
      }
      move(&keys[layer], width: memory.keyValueHeads * memory.keyDimension)
      move(&values[layer], width: memory.keyValueHeads * (memory.valueDimension ?? 0))
    }

    func key(layer: Int, head: Int, position: Int) -> ArraySlice<Float> {
      vector(of: keys, size: shape.layers[layer].keyDimension, layer, head, position)
    }

    func value(layer: Int, head: Int, position: Int) -> ArraySlice<Float> {
      let memory = shape.layers[layer]
      return vector(
        of: memory.valueDimension == nil ? keys : values, size: memory.valueSize, layer, head,
        position)
    }

    private func vector(
      of stored: [[Float]], size: Int, _ layer: Int, _ head: Int, _ position: Int
    ) -> ArraySlice<Float> {
      let slot = position - windows[layer].first
      let start = (slot * shape.layers[layer].keyValueHeads + head) * size
      return stored[layer][start..<start + size]
    }

    /// Calls `body` with the inputs kept, and keeps the end of what it returns.
    func advanceConvolution(
      layer: Int, over range: Range<Int>, _ body: ([Float]) -> [Float]
    ) -> [Float] {
      let size = shape.layers[layer].convolutionSize
      let (source, target) = convolutions[layer].pair.advance(over: range)
      let inputs = body(
        source.map { convolutions[layer].states[$0] } ?? Array(repeating: 0, count: size))
      convolutions[layer].states[target] = Array(inputs.suffix(size))
      return inputs
    }

    /// Calls `body` with the state, to change it.
    func advanceState(layer: Int, over range: Range<Int>, _ body: (inout [Float]) -> Void) {
      let size = shape.layers[layer].recurrenceSize
      let (source, target) = recurrences[layer].pair.advance(over: range)
      var state =
        source.map { recurrences[layer].states[$0] } ?? Array(repeating: 0, count: size)
      body(&state)
      recurrences[layer].states[target] = state
    }
  }
}
