import QuantCore
import Synchronization
import TensorKernels

/// Collects the second moments of every matrix's inputs, and leaves the computing to another
/// backend: fused operations come from the protocol's defaults, so that every product passes here.
struct CapturingBackend: Backend {
  let base: any Backend
  /// What the names of the tensors whose inputs are collected contain.
  let part: String
  let moments = Collected()

  final class Collected: Sendable {
    private let byName = Mutex<[String: SecondMoments]>([:])

    var all: [String: SecondMoments] { byName.withLock { $0 } }

    func add(_ inputs: [Float], to tensor: String, columns: Int) throws {
      try byName.withLock { byName in
        var moments = try byName.removeValue(forKey: tensor) ?? SecondMoments(columns: columns)
        try moments.add(inputs.span)
        byName[tensor] = moments
      }
    }

    func clear() { byName.withLock { $0 = [:] } }
  }

  var name: String { "capturing" }
  var summary: String { "capturing, on \(base.summary)" }
  func prepare(
    _ source: any TensorSource, as role: WeightRole
  ) throws(BackendError) -> any WeightStorage { try base.prepare(source, as: role) }
  func makeActivations(rows: Int, columns: Int) -> Activations {
    base.makeActivations(rows: rows, columns: columns)
  }
  func write(_ values: [Float], to x: Activations) { base.write(values, to: x) }
  func read(_ x: Activations) throws(BackendError) -> [Float] { try base.read(x) }
  func makeCache(_ shape: CacheShape) throws(BackendError) -> any CacheStorage {
    try base.makeCache(shape)
  }
  func copy(
    _ cache: any CacheStorage, count: Int
  ) throws(BackendError) -> any CacheStorage { try base.copy(cache, count: count) }
  func gather(_ rows: [Int], from table: Weight, into out: Activations) {
    base.gather(rows, from: table, into: out)
  }
  func select(_ rows: [Int], of x: Activations, into out: Activations) {
    base.select(rows, of: x, into: out)
  }
  func matmul(_ x: Activations, _ weight: Weight, into out: Activations) {
    if weight.name.contains(part) {
      do {
        try moments.add(base.read(x), to: weight.name, columns: x.columns)
      } catch {
        print("the inputs of \(weight.name) are left out: \(error)")
      }
    }
    base.matmul(x, weight, into: out)
  }
  func add(_ a: Activations, _ b: Activations, into out: Activations) {
    base.add(a, b, into: out)
  }
  func addBias(_ bias: Weight, to x: Activations) { base.addBias(bias, to: x) }
  func normalize(_ x: Activations, _ norm: Normalization, into out: Activations) {
    base.normalize(x, norm, into: out)
  }
  func gate(
    _ gate: Activations, _ up: Activations?, function: ActivationFunction, into out: Activations
  ) { base.gate(gate, up, function: function, into: out) }
  func copyColumns(_ runs: ColumnRuns, of x: Activations, into out: Activations) {
    base.copyColumns(runs, of: x, into: out)
  }
  func rotate(_ x: Activations, by rotation: Rotation, headDimension: Int) {
    base.rotate(x, by: rotation, headDimension: headDimension)
  }
  func store(keys: Activations, values: Activations, layer: Int, in slices: [SequenceSlice]) {
    base.store(keys: keys, values: values, layer: layer, in: slices)
  }
  func attend(
    _ queries: Activations, shape: AttentionShape, layer: Int, over slices: [SequenceSlice],
    into out: Activations
  ) { base.attend(queries, shape: shape, layer: layer, over: slices, into: out) }
  func mix(
    _ experts: Experts, routing: ExpertRouting, scores: Activations, of x: Activations,
    into out: Activations
  ) { base.mix(experts, routing: routing, scores: scores, of: x, into: out) }
  func convolve(
    _ x: Activations, kernel: Weight, layer: Int, over slices: [SequenceSlice],
    into out: Activations
  ) { base.convolve(x, kernel: kernel, layer: layer, over: slices, into: out) }
  func recur(
    _ rule: DeltaRule, _ input: DeltaRuleInput, layer: Int, over slices: [SequenceSlice],
    into out: Activations
  ) { base.recur(rule, input, layer: layer, over: slices, into: out) }
}
