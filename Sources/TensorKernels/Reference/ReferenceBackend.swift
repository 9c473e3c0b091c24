public import QuantCore

/// Every operation in plain Swift, as its definition reads, with sums in double precision.
///
/// The oracle of the faster backends, and an example of how little a backend must provide: it
/// implements the primitive operations only. Weights are decoded to float32.
public struct ReferenceBackend: Backend {
  /// Creates a backend.
  public init() {}

  /// `reference`.
  public var name: String { "reference" }
  /// `reference`.
  public var summary: String { "reference" }

  // MARK: Memory

  /// Decodes the tensor, or keeps its source where only rows will be looked up.
  public func prepare(
    _ source: any TensorSource, as role: WeightRole
  ) throws(BackendError) -> any WeightStorage {
    if role == .table { return Table(source: source) }
    do {
      let values = try source.decoded()
      source.discardPages()
      return Values(values)
    } catch {
      throw BackendError(.invalidTensor, error.message, tensor: source.name)
    }
  }

  /// A matrix of zeros.
  public func makeActivations(rows: Int, columns: Int) -> Activations {
    Activations(
      rows: rows, columns: columns, storage: Rows(Array(repeating: 0, count: rows * columns)))
  }

  /// Sets all values.
  public func write(_ values: [Float], to x: Activations) {
    precondition(values.count == x.rows * x.columns, "one value per element")
    rows(x).values = values
  }

  /// All values.
  public func read(_ x: Activations) throws(BackendError) -> [Float] { rows(x).values }

  /// An empty cache.
  public func makeCache(_ shape: CacheShape) throws(BackendError) -> any CacheStorage {
    Cache(shape)
  }

  /// A copy of everything, whose positions from `count` on will be overwritten.
  public func copy(
    _ cache: any CacheStorage, count: Int
  ) throws(BackendError) -> any CacheStorage {
    Cache(copying: self.cache(cache))
  }

  // MARK: Handles

  /// Decoded weights.
  final class Values: WeightStorage {
    let values: [Float]

    init(_ values: [Float]) { self.values = values }

    var byteCount: Int { values.count * 4 }
  }

  /// A table whose rows are decoded when they are looked up.
  final class Table: WeightStorage {
    let source: any TensorSource

    init(source: any TensorSource) { self.source = source }

    var byteCount: Int { 0 }
  }

  /// Activations, row by row.
  final class Rows: ActivationStorage {
    var values: [Float]

    init(_ values: [Float]) { self.values = values }
  }

  func rows(_ x: Activations) -> Rows {
    guard let storage = x.storage as? Rows else {
      preconditionFailure("activations of another backend")
    }
    return storage
  }

  func cache(_ cache: any CacheStorage) -> Cache {
    guard let storage = cache as? Cache else {
      preconditionFailure("a cache of another backend")
    }
    return storage
  }

  func values(_ weight: Weight) -> [Float] {
    guard let storage = weight.storage as? Values else {
      preconditionFailure("\(weight.name) was not prepared as a weight of this backend")
    }
    return storage.values
  }
}
