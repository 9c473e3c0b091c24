import QuantCore
import Synchronization
import TensorKernels

/// Weights that a backend has prepared, so that models of one file that differ in their adapters
/// share them.
final class PreparedWeights: Sendable {
  /// A tensor, or a part of it, in one of its uses.
  struct Key: Hashable {
    var name: String
    /// The first element of the part, and how many there are.
    var first = 0
    var count: Int
    var role: WeightRole
  }

  private let weights = Mutex<[Key: Weight]>([:])

  subscript(key: Key) -> Weight? {
    get { weights.withLock { $0[key] } }
    set { weights.withLock { $0[key] = newValue } }
  }

  /// The names and the types of what has been prepared, in the order of names.
  var types: [(name: String, type: String)] {
    weights.withLock { weights in
      weights.values.map { ($0.name, $0.type.name) }.sorted { $0 < $1 }
    }
  }
}
