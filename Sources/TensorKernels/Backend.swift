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
  /// A copy of the first `count` positions and of all states, in a cache of the same shape.
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
  /// Normalizes each run of `norm.size` elements of each row; `out` may be `x`.
  func normalize(_ x: Activations, _ norm: Normalization, into out: Activations)
  /// out = function(gate) · up, element by element, or function(gate) without `up`; `out` may be
  /// either. A gate of one column serves all columns.
  func gate(
    _ gate: Activations, _ up: Activations?, function: ActivationFunction, into out: Activations)
  /// Copies runs of columns of every row.
  func copyColumns(_ runs: ColumnRuns, of x: Activations, into out: Activations)
  /// Rotates the first `2 * pairs` elements of each head of each row.
  func rotate(_ x: Activations, by rotation: Rotation, headDimension: Int)
  /// Writes a layer's keys and values `[rows, kvHeads * dimension]` at each slice's positions; a
  /// layer whose values are the beginnings of its keys ignores `values`.
  func store(keys: Activations, values: Activations, layer: Int, in slices: [SequenceSlice])
  /// Attention of each row over what it sees of its sequence's cache, its own position included.
  ///
  /// - Parameters:
  ///   - queries: `[rows, heads * headDimension]`.
  ///   - out: `[rows, heads * valueDimension]`.
  func attend(
    _ queries: Activations, shape: AttentionShape, layer: Int, over slices: [SequenceSlice],
    into out: Activations)
  /// out = the weighted sum of the chosen experts' outputs, row by row.
  ///
  /// - Parameters:
  ///   - x: `[rows, inputs]`.
  ///   - scores: The router's `[rows, experts]`.
  func mix(
    _ experts: Experts, routing: ExpertRouting, scores: Activations, of x: Activations,
    into out: Activations)
  /// A causal convolution of each feature: out[t] = Σ kernel[i] · x[t - taps + 1 + i], with zeros
  /// before the beginning. The layer keeps the last inputs.
  ///
  /// - Parameter kernel: A vector of `[features, taps]`, the newest tap last.
  func convolve(
    _ x: Activations, kernel: Weight, layer: Int, over slices: [SequenceSlice],
    into out: Activations)
  /// Advances a layer's recurrent state over the rows, and gives its answers
  /// `[rows, valueHeads * valueDimension]`.
  func recur(
    _ rule: DeltaRule, _ input: DeltaRuleInput, layer: Int, over slices: [SequenceSlice],
    into out: Activations)

  // MARK: Fused operations

  /// outs[i] = linears[i](norm(x)); without a norm, of x itself.
  func project(
    _ x: Activations, norm: Normalization?, through linears: [Linear], into outs: [Activations])
  /// residual += linear(x).
  func accumulate(_ x: Activations, through linear: Linear, into residual: Activations)
  /// out = function(gate(norm(x))) · up(norm(x)); without a norm, of x itself.
  func gatedProject(
    _ x: Activations, norm: Normalization?, gate: Linear, up: Linear,
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
