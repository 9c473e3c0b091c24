public import QuantCore

/// Where tensors live and how operations on them run.
///
/// A backend must provide the primitive operations. The fused ones have default implementations
/// composed from the primitives, so a new backend starts small and overrides what it can do
/// faster. Only the backend reads its handles (``Weight``, ``Activations``, ``CacheStorage``);
/// callers never assume that they are in host memory.
///
/// Operations do not throw, so that a device may queue them: a failure shows when ``read(_:)``
/// waits for the result. Shapes that do not fit and handles of another backend are programmer
/// errors. An output is never also an input unless the operation says so.
///
/// The results of a row do not depend on the other rows of the step, on the number of threads, or
/// on how a prompt is cut into steps.
public protocol Backend: Sendable {
  /// A short name, such as `cpu`.
  var name: String { get }
  /// What it runs on, for people: the kernel set and the number of threads, say.
  var summary: String { get }

  // MARK: Memory

  /// Makes this backend's form of a tensor, and releases the file's pages if it copied them.
  func prepare(
    _ source: any TensorSource, as role: WeightRole
  ) throws(BackendError) -> any WeightStorage
  /// A matrix with unspecified contents.
  func makeActivations(rows: Int, columns: Int) -> Activations
  /// Sets all values, row by row.
  func write(_ values: [Float], to x: Activations)
  /// Waits for the queued work and returns all values, row by row.
  func read(_ x: Activations) throws(BackendError) -> [Float]
  /// An empty cache.
  func makeCache(_ shape: CacheShape) throws(BackendError) -> any CacheStorage
  /// A copy of the first `count` positions, in a cache of the same shape.
  func copy(_ cache: any CacheStorage, count: Int) throws(BackendError) -> any CacheStorage

  // MARK: Primitives

  /// out[i] = table row `rows[i]`.
  func gather(_ rows: [Int], from table: Weight, into out: Activations)
  /// out[i] = x[rows[i]].
  func select(_ rows: [Int], of x: Activations, into out: Activations)
  /// out = x · Wᵀ.
  func matmul(_ x: Activations, _ weight: Weight, into out: Activations)
  /// out = a + b; `out` may be either.
  func add(_ a: Activations, _ b: Activations, into out: Activations)
  /// x += bias, in every row.
  func addBias(_ bias: Weight, to x: Activations)
  /// out = x / √(mean of squares + epsilon) · weight, row by row.
  ///
  /// Zhang and Sennrich, "Root Mean Square Layer Normalization" (2019).
  func rmsNorm(_ x: Activations, weight: Weight, epsilon: Float, into out: Activations)
  /// out = function(gate) · up, element by element; `out` may be either.
  func gate(
    _ gate: Activations, _ up: Activations, function: ActivationFunction, into out: Activations)
  /// Rotates the first `2 * pairs` elements of each head of each row.
  func rotate(_ x: Activations, by rotation: Rotation, headDimension: Int)
  /// Writes a layer's keys and values `[rows, kvHeads * headDimension]` at each slice's positions.
  func store(keys: Activations, values: Activations, layer: Int, in slices: [SequenceSlice])
  /// Causal attention of each row over its sequence's cache, its own position included.
  ///
  /// - Parameters:
  ///   - queries: `[rows, heads * headDimension]`.
  ///   - out: as `queries`.
  func attend(
    _ queries: Activations, shape: AttentionShape, layer: Int, over slices: [SequenceSlice],
    into out: Activations)

  // MARK: Fused operations

  /// outs[i] = linears[i](rmsNorm(x)).
  func project(
    _ x: Activations, norm: Weight, epsilon: Float, through linears: [Linear],
    into outs: [Activations])
  /// residual += linear(x).
  func accumulate(_ x: Activations, through linear: Linear, into residual: Activations)
  /// out = function(gate(rmsNorm(x))) · up(rmsNorm(x)).
  func gatedProject(
    _ x: Activations, norm: Weight, epsilon: Float, gate: Linear, up: Linear,
    function: ActivationFunction, into out: Activations)
  /// Rotates queries and keys and stores keys and values.
  func rotateAndStore(
    queries: Activations, keys: Activations, values: Activations, rotation: Rotation,
    headDimension: Int, layer: Int, in slices: [SequenceSlice])
}

extension Backend {
  /// A matrix with the given values, row by row.
  public func makeActivations(rows: Int, columns: Int, values: [Float]) -> Activations {
    let x = makeActivations(rows: rows, columns: columns)
    write(values, to: x)
    return x
  }

  /// A prepared weight.
  public func prepareWeight(
    _ source: some TensorSource, as role: WeightRole
  ) throws(BackendError) -> Weight {
    Weight(source, storage: try prepare(source, as: role))
  }
}
