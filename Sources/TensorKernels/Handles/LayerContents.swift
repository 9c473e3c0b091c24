/// What one layer remembers of a sequence, outside of any backend: what a saved cache is made of.
public struct LayerContents: Sendable, Equatable {
  /// The first position whose key and value are here; a window has left those before it.
  public var first = 0
  /// `[heads, positions, keyDimension]` elements of the keys' type, little-endian, each vector
  /// filled up with zeros to whole blocks.
  public var keys: [UInt8] = []
  /// The same of values; empty where values are the beginnings of keys.
  public var values: [UInt8] = []
  /// The last inputs of a convolution, in a layer that has one.
  public var convolution: States?
  /// The recurrent state, in a layer that has one.
  public var recurrence: States?

  /// A state and the one of the step before it.
  public struct States: Sendable, Equatable {
    /// How many positions each has read; nil for one without contents.
    public var positions: [Int?]
    /// The values of both.
    public var values: [[Float]]

    /// Creates states.
    public init(positions: [Int?], values: [[Float]]) {
      self.positions = positions
      self.values = values
    }
  }

  /// The memory of a layer that remembers nothing.
  public init() {}
}

extension CacheShape {
  /// The positions whose keys and values a layer's contents hold, checked against the layer.
  ///
  /// - Throws: ``BackendError/Code/invalidTensor`` where the contents cannot be the layer's, or the
  ///   next position needs what is not there.
  func positions(
    of contents: LayerContents, layer: Int, count: Int
  ) throws(BackendError) -> Range<Int> {
    let memory = layers[layer]
    func require(_ condition: Bool, _ what: String) throws(BackendError) {
      if !condition {
        throw BackendError(.invalidTensor, "layer \(layer) of a saved cache has \(what)")
      }
    }
    let slots = SlotWindow(
      window: memory.window, slots: slots(layer: layer), oldest: max(0, contents.first),
      count: count)
    try require(
      (0...count).contains(contents.first) && slots.canResume(at: count)
        && (memory.window != nil || contents.first == 0),
      "not the positions that the next one sees")
    let vectors = memory.keyValueHeads * (count - contents.first)
    let (keys, values) = (
      types.keys.byteCount(of: memory.keyDimension),
      types.values.byteCount(of: memory.valueDimension ?? 0)
    )
    try require(
      contents.keys.count == vectors * keys && contents.values.count == vectors * values,
      "keys and values of another size")
    for (states, size, isThere) in [
      (contents.convolution, memory.convolutionSize, memory.convolution != nil),
      (contents.recurrence, memory.recurrenceSize, memory.recurrence != nil),
    ] {
      try require((states != nil) == isThere, "other kinds of states")
      guard let states else { continue }
      try require(
        states.positions.count == 2 && states.values.map(\.count) == [size, size],
        "states of another size")
      try require(
        StatePair(positions: states.positions).canResume(at: count),
        "no state for position \(count)")
    }
    return contents.first..<count
  }
}
