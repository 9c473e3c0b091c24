public import QuantCore

/// What only the backend that made it can read: prepared weights.
public protocol WeightStorage: AnyObject, Sendable {
  /// Bytes of memory that it holds beside the model file's mapping.
  var byteCount: Int { get }
}

/// How a tensor will be used, which decides the layout that a backend gives it.
public enum WeightRole: Sendable {
  /// The right-hand side of matrix products.
  case matrix
  /// A table whose rows are looked up: token embeddings.
  case table
  /// One value per column: norm weights and biases.
  case vector
}

/// A weight that a backend has prepared.
public struct Weight: Sendable {
  /// The tensor's name in the model file.
  public let name: String
  /// The type that the file stores.
  public let type: TensorType
  /// Output features of a matrix, entries of a table, 1 for a vector.
  public let rows: Int
  /// Input features of a matrix, length of a vector.
  public let columns: Int
  /// The backend's own form.
  public let storage: any WeightStorage

  /// Wraps what a backend made of `source`.
  public init(_ source: some TensorSource, storage: any WeightStorage) {
    name = source.name
    type = source.type
    rows = source.rows
    columns = source.columns
    self.storage = storage
  }
}

/// A matrix with an optional bias: y = x · Wᵀ + b; what adapters add comes last.
public struct Linear: Sendable {
  /// `[outputs, inputs]`.
  public var weight: Weight
  /// One value per output.
  public var bias: Weight?
  /// What adapters add, in order.
  public var updates: [LowRankUpdate]

  /// Creates a linear layer.
  public init(weight: Weight, bias: Weight? = nil, updates: [LowRankUpdate] = []) {
    self.weight = weight
    self.bias = bias
    self.updates = updates
  }

  /// Output features.
  public var outputs: Int { weight.rows }
}

/// What an adapter adds to a linear layer: y += x · Dᵀ · Uᵀ (Hu et al., "LoRA: Low-Rank Adaptation
/// of Large Language Models", 2021), with its scale in U.
public struct LowRankUpdate: Sendable {
  /// D, `[rank, inputs]`.
  public var down: Weight
  /// U, `[outputs, rank]`.
  public var up: Weight

  /// Creates an update.
  public init(down: Weight, up: Weight) {
    self.down = down
    self.up = up
  }
}
