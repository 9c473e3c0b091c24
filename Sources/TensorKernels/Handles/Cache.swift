/// What only the backend that made it can read: the cached keys and values of a sequence.
public protocol CacheStorage: AnyObject {
  /// Bytes reserved.
  var byteCount: Int { get }
}

/// The element type of cached keys and values.
public enum CacheType: String, CaseIterable, Sendable {
  /// 32-bit floats.
  case f32
  /// IEEE half precision.
  case f16
  /// The upper half of a 32-bit float.
  case bf16

  /// Bytes per element.
  public var byteCount: Int { self == .f32 ? 4 : 2 }
}

/// The size of a sequence's cache.
public struct CacheShape: Sendable, Equatable {
  /// Key-value heads of each layer.
  public var keyValueHeads: [Int]
  /// Elements of a key and of a value per head.
  public var headDimension: Int
  /// The most positions that it holds.
  public var capacity: Int
  /// The element type.
  public var type: CacheType

  /// Creates a shape.
  public init(keyValueHeads: [Int], headDimension: Int, capacity: Int, type: CacheType) {
    self.keyValueHeads = keyValueHeads
    self.headDimension = headDimension
    self.capacity = capacity
    self.type = type
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
}
