public import GGUFKit
public import QuantCore

/// Adapters added to a model's weights themselves: loaded so, it runs as fast as without them.
///
/// ```swift
/// let merged = try LanguageModel(file, transform: MergedAdapters([adapter], into: file))
/// ```
public struct MergedAdapters: TensorTransform {
  /// The adapters, each with its scale.
  public let adapters: [LoRAAdapter]

  /// Adapters for the model of a file.
  ///
  /// - Throws: ``ModelError/Code/modelMismatch`` for one that is for another model.
  public init(_ adapters: [LoRAAdapter], into file: GGUFFile) throws(ModelError) {
    for adapter in adapters { try adapter.check(against: file) }
    self.adapters = adapters
  }

  /// The tensor with the changes added, as 32-bit floats; the tensor itself where there are none.
  public func transformed(_ tensor: any TensorSource) throws(QuantError) -> any TensorSource {
    let changes = adapters.compactMap { adapter in
      adapter.changes[tensor.name].map { (change: $0, factor: adapter.factor(of: $0)) }
    }
    guard !changes.isEmpty else { return tensor }
    var values = try tensor.decoded()
    for (change, factor) in changes {
      let (down, up) = (try change.down.decoded(), try change.up.decoded())
      // The embeddings' halves are the other way round: rows of `down`, columns of `up`.
      let isTable = tensor.name == LoRAAdapter.embeddings
      Self.add(
        factor, left: isTable ? down : up,
        right: isTable ? Self.transposed(up, columns: change.rank) : down, rank: change.rank,
        columns: tensor.columns, stack: change.stack, to: &values)
    }
    return try InMemoryTensor(name: tensor.name, shape: tensor.shape, values: values)
  }

  /// values += factor · left · right, for each matrix of a stack: `left` has rows of `rank`,
  /// `right` has `rank` rows.
  private static func add(
    _ factor: Float, left: [Float], right: [Float], rank: Int, columns: Int, stack: Int,
    to values: inout [Float]
  ) {
    let rows = left.count / rank / stack
    for item in 0..<stack {
      for row in item * rows..<(item + 1) * rows {
        for index in 0..<rank {
          let weight = factor * left[row * rank + index]
          let source = (item * rank + index) * columns
          for column in 0..<columns {
            values[row * columns + column] += weight * right[source + column]
          }
        }
      }
    }
  }

  private static func transposed(_ values: [Float], columns: Int) -> [Float] {
    let rows = values.count / columns
    return (0..<columns).flatMap { column in (0..<rows).map { values[$0 * columns + column] } }
  }
}
