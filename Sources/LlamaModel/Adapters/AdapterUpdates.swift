import QuantCore
import TensorKernels

/// What adapters add to a model's layers, found by the names of the tensors.
///
/// Used while a model is made, by one thread.
final class AdapterUpdates {
  private let adapters: [LoRAAdapter]
  private var used: Set<String> = []

  init(_ adapters: [LoRAAdapter]) { self.adapters = adapters }

  /// The updates of some rows of a matrix.
  ///
  /// - Parameters:
  ///   - name: The tensor.
  ///   - rows: Rows of the matrix.
  ///   - item: Which matrix of a stack.
  ///   - backend: Where they will be used.
  func changes(
    to name: String, rows: Range<Int>, item: Int = 0, on backend: any Backend
  ) throws(ModelError) -> [LowRankUpdate] {
    try collect(name) { (adapter, change) throws(ModelError) in
      let rank = change.rank
      let (inputs, outputs) = (change.down.columns, change.outputs)
      let down = try values(
        of: change.down, from: item * rank * inputs, shape: [inputs, rank])
      let up = try values(
        of: change.up, from: (item * outputs + rows.lowerBound) * rank, shape: [rank, rows.count])
      return LowRankUpdate(
        down: try prepare(down, [inputs, rank], as: .matrix, on: backend),
        up: try prepare(
          scaled(up, by: adapter.factor(of: change)), [rank, rows.count], as: .matrix, on: backend))
    }
  }

  /// The updates of rows of the token embeddings: their own table of rows, and a matrix from there
  /// to the width.
  func changesOfEmbeddings(on backend: any Backend) throws(ModelError) -> [LowRankUpdate] {
    try collect(LoRAAdapter.embeddings) { (adapter, change) throws(ModelError) in
      let (rank, entries, width) = (change.rank, change.down.rows, change.up.rows)
      let rows = try values(of: change.down, from: 0, shape: [rank, entries])
      let up = try values(of: change.up, from: 0, shape: [rank, width])
      return LowRankUpdate(
        down: try prepare(rows, [rank, entries], as: .table, on: backend),
        up: try prepare(
          scaled(up, by: adapter.factor(of: change)), [rank, width], as: .matrix, on: backend))
    }
  }

  /// The updates of an output matrix that is the token embeddings: the same change, read the other
  /// way.
  func changesOfTiedOutput(on backend: any Backend) throws(ModelError) -> [LowRankUpdate] {
    try collect(LoRAAdapter.embeddings) { (adapter, change) throws(ModelError) in
      let (rank, entries, width) = (change.rank, change.down.rows, change.up.rows)
      let rows = try values(of: change.down, from: 0, shape: [rank, entries])
      let up = try values(of: change.up, from: 0, shape: [rank, width])
      let down = (0..<rank).flatMap { index in (0..<width).map { up[$0 * rank + index] } }
      return LowRankUpdate(
        down: try prepare(down, [width, rank], as: .matrix, on: backend),
        up: try prepare(
          scaled(rows, by: adapter.factor(of: change)), [rank, entries], as: .matrix, on: backend))
    }
  }

  /// - Throws: ``ModelError/Code/modelMismatch`` where an adapter changes what the model does not
  ///   multiply with.
  func checkAllUsed() throws(ModelError) {
    for name in adapters.lazy.flatMap(\.tensorNames) where !used.contains(name) {
      throw ModelError(
        .modelMismatch, "the adapter changes a tensor that the model does not use as a matrix",
        at: .tensor(name))
    }
  }

  private func collect(
    _ name: String,
    _ make: (LoRAAdapter, LoRAAdapter.Change) throws(ModelError) -> LowRankUpdate
  ) throws(ModelError) -> [LowRankUpdate] {
    var updates: [LowRankUpdate] = []
    for adapter in adapters where adapter.scale != 0 {
      guard let change = adapter.changes[name] else { continue }
      updates.append(try make(adapter, change))
    }
    used.insert(name)
    return updates
  }

  private func scaled(_ values: [Float], by factor: Float) -> [Float] {
    values.map { $0 * factor }
  }

  private func values(
    of tensor: any TensorSource, from first: Int, shape: [Int]
  ) throws(ModelError) -> [Float] {
    guard let part = FusedPart(tensor, from: first, shape: shape) else {
      throw ModelError(
        .invalidTensor, "a rank of \(tensor.columns) does not fill blocks of \(tensor.type.name)",
        at: .tensor(tensor.name))
    }
    do {
      return try part.decoded()
    } catch {
      throw ModelError(.invalidTensor, error.message, at: .tensor(tensor.name))
    }
  }

  private func prepare(
    _ values: [Float], _ shape: [Int], as role: WeightRole, on backend: any Backend
  ) throws(ModelError) -> Weight {
    let tensor: InMemoryTensor
    do {
      tensor = try InMemoryTensor(name: "adapter", shape: shape, values: values)
    } catch {
      throw ModelError(.invalidTensor, error.message)
    }
    do {
      return try backend.prepareWeight(tensor, as: role)
    } catch {
      throw ModelError(backend: error)
    }
  }
}
