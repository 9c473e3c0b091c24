public import TensorKernels

/// What a sequence remembers of its positions.
///
/// Used by one thread at a time.
public protocol KeyValueCache: AnyObject {
  /// The backend's memory, which a step writes to.
  var storage: any CacheStorage { get }
  /// Positions stored.
  var count: Int { get }
  /// The most positions that it holds.
  var capacity: Int { get }

  /// Counts positions that a step has just stored.
  func advance(by positions: Int)
  /// Forgets all positions from `count` on.
  ///
  /// - Throws: ``ModelError/Code/invalidArgument`` where this kind of cache cannot go back there.
  func trim(to count: Int) throws(ModelError)
  /// An independent cache with the same contents.
  func copy() throws(ModelError) -> any KeyValueCache
  /// What each layer remembers, to be kept outside of the backend.
  ///
  /// - Throws: ``ModelError/Code/backendFailure`` where the backend cannot say,
  ///   ``ModelError/Code/invalidArgument`` for a kind of cache that cannot, which is the default.
  func contents() throws(ModelError) -> [LayerContents]
  /// Takes in what a cache of the same shape remembered of `count` positions, in place of its own.
  ///
  /// - Throws: ``ModelError/Code/invalidFile`` where it does not fit; the cache is then empty.
  ///   Otherwise as ``contents()``.
  func restore(_ contents: [LayerContents], count: Int) throws(ModelError)
}

extension KeyValueCache {
  /// Refuses.
  public func contents() throws(ModelError) -> [LayerContents] {
    throw ModelError(.invalidArgument, "this kind of cache cannot be saved")
  }

  /// Refuses.
  public func restore(_ contents: [LayerContents], count: Int) throws(ModelError) {
    throw ModelError(.invalidArgument, "this kind of cache cannot be restored")
  }
}

/// Keeps what a model's layers ask for: every position, a sliding window of them, compressed ones,
/// or a recurrent state, each layer its own.
public final class ModelCache: KeyValueCache {
  /// The backend's memory.
  public let storage: any CacheStorage
  /// Positions stored.
  public private(set) var count: Int
  /// The most positions that it holds.
  public let capacity: Int
  private let backend: any Backend

  /// An empty cache.
  public init(_ shape: CacheShape, on backend: any Backend) throws(ModelError) {
    do {
      storage = try backend.makeCache(shape)
    } catch {
      throw ModelError(backend: error)
    }
    count = 0
    capacity = shape.capacity
    self.backend = backend
  }

  private init(copying other: ModelCache) throws(ModelError) {
    do {
      storage = try other.backend.copy(other.storage, count: other.count)
    } catch {
      throw ModelError(backend: error)
    }
    count = other.count
    capacity = other.capacity
    backend = other.backend
  }

  /// Counts positions that a step has just stored.
  public func advance(by positions: Int) {
    precondition(count + positions <= capacity, "a step beyond the cache's capacity")
    count += positions
  }

  /// Forgets all positions from `count` on.
  ///
  /// - Throws: ``ModelError/Code/invalidArgument`` for a position that is not there, or to which
  ///   a sliding window or a recurrent state cannot go back
  ///   (``TensorKernels/CacheStorage/canResume(at:)``); position 0 is always possible.
  public func trim(to count: Int) throws(ModelError) {
    guard (0...self.count).contains(count) else {
      throw ModelError(
        .invalidArgument, "cannot trim \(self.count) positions to \(count)")
    }
    guard storage.canResume(at: count) else {
      throw ModelError(
        .invalidArgument,
        "this model's memory of \(self.count) positions cannot go back to \(count); "
          + "trim to 0 and read the text again")
    }
    self.count = count
  }

  /// An independent cache with the same contents.
  public func copy() throws(ModelError) -> any KeyValueCache { try ModelCache(copying: self) }

  /// What each layer remembers.
  public func contents() throws(ModelError) -> [LayerContents] {
    do throws(BackendError) {
      var layers: [LayerContents] = []
      for layer in storage.shape.layers.indices {
        layers.append(try storage.contents(layer: layer, count: count))
      }
      return layers
    } catch {
      throw ModelError(backend: error)
    }
  }

  /// Takes in what a cache of the same shape remembered of `count` positions.
  public func restore(_ contents: [LayerContents], count: Int) throws(ModelError) {
    self.count = 0
    guard contents.count == storage.shape.layers.count, (0...capacity).contains(count) else {
      throw ModelError(
        .invalidFile,
        "a saved cache of \(contents.count) layers and \(count) positions, but "
          + "room for \(storage.shape.layers.count) layers and \(capacity) positions")
    }
    do throws(BackendError) {
      for (layer, contents) in contents.enumerated() {
        try storage.restore(contents, layer: layer, count: count)
      }
    } catch {
      guard error.code == .invalidTensor else { throw ModelError(backend: error) }
      throw ModelError(.invalidFile, error.message)
    }
    self.count = count
  }
}
