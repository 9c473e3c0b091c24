import CTensorKernels

/// Runs models on the processor, with the fastest kernel set that it has.
///
/// Matrices are packed into panels of rows as they are prepared; activations are quantized to
/// int8 for quantized weights, rounded to bfloat16 for BF16 weights, and kept in float32 for others. Results are the same, to the
/// bit, for every number of threads and every way to cut a prompt into steps.
public final class CPUBackend: Backend {
  /// The kernels in use.
  public let kernels: KernelSet
  /// Where matrices are kept.
  public let weights: WeightPlacement
  /// Threads that work, the caller's included.
  public var threadCount: Int { pool.threadCount }

  let pool: WorkerPool
  let scratch = ScratchPool()
  let table: tk_kernels

  /// A backend with its own threads.
  ///
  /// - Parameters:
  ///   - threads: How many threads work; one per available processor unless given.
  ///   - kernels: The kernel set; ``KernelSet/preferred()`` unless given.
  ///   - weights: Where matrices are kept; results do not depend on it.
  /// - Throws: ``BackendError/Code/unavailable`` when the processor lacks the instructions.
  public init(
    threads: Int? = nil, kernels: KernelSet? = nil, weights: WeightPlacement = .automatic
  ) throws(BackendError) {
    let kernels = if let kernels { kernels } else { try KernelSet.preferred() }
    guard kernels.isSupported else {
      throw BackendError(
        .unavailable,
        "this processor cannot run the kernel set \(kernels.name); "
          + "it supports \(KernelSet.supported.map(\.name).joined(separator: ", "))")
    }
    if let threads, !(1...1024).contains(threads) {
      throw BackendError(.unavailable, "\(threads) threads; choose 1 to 1024")
    }
    self.kernels = kernels
    self.weights = weights
    table = kernels.table.pointee
    pool = WorkerPool(threadCount: threads ?? availableProcessors)
  }

  /// `cpu`.
  public var name: String { "cpu" }

  /// The kernel set and the number of threads.
  public var summary: String {
    "\(kernels.name), \(threadCount) thread\(threadCount == 1 ? "" : "s")"
  }

  // MARK: Memory

  /// A matrix with unspecified contents.
  public func makeActivations(rows: Int, columns: Int) -> Activations {
    Activations(
      rows: rows, columns: columns,
      storage: CPUActivations(rows: rows, columns: columns, from: scratch))
  }

  /// Sets all values, row by row.
  public func write(_ values: [Float], to x: Activations) {
    precondition(values.count == x.rows * x.columns, "one value per element")
    let storage = host(x)
    values.withUnsafeBufferPointer { source in
      guard let base = source.baseAddress else { return }
      for row in 0..<x.rows {
        storage.row(row).update(from: base + row * x.columns, count: x.columns)
      }
    }
  }

  /// All values, row by row.
  public func read(_ x: Activations) throws(BackendError) -> [Float] {
    let storage = host(x)
    return [Float](unsafeUninitializedCapacity: x.rows * x.columns) { buffer, count in
      for row in 0..<x.rows {
        _ = UnsafeMutableBufferPointer(rebasing: buffer[(row * x.columns)...])
          .update(fromContentsOf: UnsafeBufferPointer(start: storage.row(row), count: x.columns))
      }
      count = x.rows * x.columns
    }
  }

  /// An empty cache; its memory is used as positions are stored.
  public func makeCache(_ shape: CacheShape) throws(BackendError) -> any CacheStorage {
    guard let cache = CPUCache(shape) else {
      throw BackendError(
        .outOfMemory, "no memory for a cache of \(shape.capacity) positions; choose fewer")
    }
    return cache
  }

  /// A copy of the first `count` positions and of all states.
  public func copy(
    _ cache: any CacheStorage, count: Int
  ) throws(BackendError) -> any CacheStorage {
    let source = host(cache)
    guard let copy = CPUCache(source.shape) else {
      throw BackendError(.outOfMemory, "no memory to copy a cache of \(source.byteCount) bytes")
    }
    copy.copy(source, count: count)
    return copy
  }

  // MARK: Handles

  func host(_ x: Activations) -> CPUActivations {
    guard let storage = x.storage as? CPUActivations else {
      preconditionFailure("activations of another backend")
    }
    return storage
  }

  func host(_ cache: any CacheStorage) -> CPUCache {
    guard let storage = cache as? CPUCache else {
      preconditionFailure("a cache of another backend")
    }
    return storage
  }

  func matrix(_ weight: Weight) -> PanelMatrix {
    guard let storage = weight.storage as? PanelMatrix else {
      preconditionFailure("\(weight.name) was not prepared as a matrix of this backend")
    }
    return storage
  }

  func vector(_ weight: Weight) -> FloatVector {
    guard let storage = weight.storage as? FloatVector else {
      preconditionFailure("\(weight.name) was not prepared as a vector of this backend")
    }
    return storage
  }
}
