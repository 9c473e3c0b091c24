/// What only the backend that made it can read: what a sequence's layers remember.
public protocol CacheStorage: AnyObject {
  /// Bytes reserved.
  var byteCount: Int { get }
  /// The size.
  var shape: CacheShape { get }

  /// Whether a step can start at `position`, which is at most the number of positions stored.
  ///
  /// Always where every layer keeps every position. A sliding layer has overwritten what lies
  /// further back than its slots; a recurrent state exists for the end of the last step and the
  /// end of the step before it.
  func canResume(at position: Int) -> Bool

  /// What a layer remembers of the first `count` positions, in a form that does not depend on the
  /// backend.
  ///
  /// - Throws: ``BackendError/Code/unavailable`` where the backend cannot say, which is the default.
  func contents(layer: Int, count: Int) throws(BackendError) -> LayerContents

  /// Takes in what a layer of a cache of the same shape remembered of its first `count` positions.
  ///
  /// - Throws: ``BackendError/Code/invalidTensor`` for contents of another size, or without what the
  ///   next position needs; ``BackendError/Code/unavailable`` as above.
  func restore(_ contents: LayerContents, layer: Int, count: Int) throws(BackendError)
}

extension CacheStorage {
  /// Refuses.
  public func contents(layer: Int, count: Int) throws(BackendError) -> LayerContents {
    throw BackendError(.unavailable, "this backend's caches cannot be saved")
  }

  /// Refuses.
  public func restore(_ contents: LayerContents, layer: Int, count: Int) throws(BackendError) {
    throw BackendError(.unavailable, "this backend's caches cannot be restored")
  }
}

/// What one layer remembers of a sequence. Empty for a layer that remembers nothing.
public struct LayerMemory: Sendable, Equatable {
  /// Key-value heads.
  public var keyValueHeads = 0
  /// Elements of a key.
  public var keyDimension = 0
  /// Elements of a value; nil where a value is the beginning of its key (latent attention).
  public var valueDimension: Int?
  /// Positions that stay visible; nil for all.
  public var window: Int?
  /// The last inputs of a causal convolution, as floats.
  public var convolution: Convolution?
  /// The state of a ``DeltaRule``, as floats.
  public var recurrence: Recurrence?

  /// The inputs that a convolution looks back at.
  public struct Convolution: Sendable, Equatable {
    /// Features.
    public var channels: Int
    /// Rows: one less than the taps.
    public var history: Int

    /// Creates a size.
    public init(channels: Int, history: Int) {
      self.channels = channels
      self.history = history
    }
  }

  /// A matrix for each head.
  public struct Recurrence: Sendable, Equatable {
    /// Value heads.
    public var heads: Int
    /// Elements of a key.
    public var keyDimension: Int
    /// Elements of a value.
    public var valueDimension: Int

    /// Creates a size.
    public init(heads: Int, keyDimension: Int, valueDimension: Int) {
      self.heads = heads
      self.keyDimension = keyDimension
      self.valueDimension = valueDimension
    }
  }

  /// A layer without memory.
  public init() {}

  /// Keys and values of an attention layer.
  public static func attention(
    heads: Int, keyDimension: Int, valueDimension: Int?, window: Int? = nil
  ) -> LayerMemory {
    var memory = LayerMemory()
    memory.keyValueHeads = heads
    memory.keyDimension = keyDimension
    memory.valueDimension = valueDimension
    memory.window = window
    return memory
  }

  /// Elements of a value.
  var valueSize: Int { valueDimension ?? keyDimension }
  /// Floats that a convolution keeps.
  var convolutionSize: Int { (convolution?.channels ?? 0) * (convolution?.history ?? 0) }
  /// Floats of a recurrent state.
  var recurrenceSize: Int {
    recurrence.map { $0.heads * $0.keyDimension * $0.valueDimension } ?? 0
  }
}

/// The size of a sequence's cache.
public struct CacheShape: Sendable, Equatable {
  /// What each layer remembers.
  public var layers: [LayerMemory]
  /// The most positions that it holds.
  public var capacity: Int
  /// How keys and values are kept.
  public var types: CacheTypes
  /// Positions that a sliding layer keeps beside its window: the most that one step may add, and
  /// how far back a sequence can be trimmed for certain.
  public var slidingSlack = 512

  /// Creates a shape.
  public init(layers: [LayerMemory], capacity: Int, type types: CacheTypes) {
    self.layers = layers
    self.capacity = capacity
    self.types = types
  }

  /// A shape whose layers all keep every position, with keys and values of one size.
  public init(keyValueHeads: [Int], headDimension: Int, capacity: Int, type types: CacheTypes) {
    self.init(
      layers: keyValueHeads.map {
        .attention(heads: $0, keyDimension: headDimension, valueDimension: headDimension)
      }, capacity: capacity, type: types)
  }

  /// Positions that a layer has room for.
  public func slots(layer: Int) -> Int {
    guard let window = layers[layer].window else { return capacity }
    let (slots, overflow) = window.addingReportingOverflow(max(1, slidingSlack))
    return overflow ? capacity : min(capacity, slots)
  }

  /// Bytes of keys, values and states, without what a backend pads; nil for a number too large.
  public var byteCount: Int? {
    var sum = 0
    for (index, layer) in layers.enumerated() {
      let vector =
        types.keys.byteCount(of: layer.keyDimension)
        + types.values.byteCount(of: layer.valueDimension ?? 0)
      let (bytes, overflow) = (layer.keyValueHeads * vector)
        .multipliedReportingOverflow(by: slots(layer: index))
      let states = 2 * MemoryLayout<Float>.size * (layer.convolutionSize + layer.recurrenceSize)
      let (total, overflow2) = sum.addingReportingOverflow(bytes)
      let (all, overflow3) = total.addingReportingOverflow(states)
      guard !overflow, !overflow2, !overflow3 else { return nil }
      sum = all
    }
    return sum
  }

  /// The most positions that one step may store.
  public var maximumStep: Int {
    layers.indices.reduce(capacity) { least, layer in
      guard let window = layers[layer].window else { return least }
      let slots = slots(layer: layer)
      return slots == capacity ? least : min(least, slots - window + 1)
    }
  }
}

/// The rows of a step that belong to one sequence.
public struct SequenceSlice {
  /// The sequence's cache.
  public var cache: any CacheStorage
  /// Its rows among the activations of the step.
  public var rows: Range<Int>
  /// The cache position of the first of them; the positions before it are visible to all.
  public var start: Int

  /// Creates a slice.
  public init(cache: any CacheStorage, rows: Range<Int>, start: Int) {
    self.cache = cache
    self.rows = rows
    self.start = start
  }

  /// The positions of its rows.
  public var positions: Range<Int> { start..<start + rows.count }
}
