public import QuantCore

/// What only the backend that made it can read: prepared weights.
public protocol WeightStorage: AnyObject, Sendable {
  /// Bytes of memory that it holds beside the model file's mapping.
  var byteCount: Int { get }
}

/// What only the backend that made it can read: a matrix of activations.
public protocol ActivationStorage: AnyObject {}

/// What only the backend that made it can read: the cached keys and values of a sequence.
public protocol CacheStorage: AnyObject {
  /// Bytes reserved.
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

/// A matrix with an optional bias: y = x · Wᵀ + b.
public struct Linear: Sendable {
  /// `[outputs, inputs]`.
  public var weight: Weight
  /// One value per output.
  public var bias: Weight?

  /// Creates a linear layer.
  public init(weight: Weight, bias: Weight? = nil) {
    self.weight = weight
    self.bias = bias
  }

  /// Output features.
  public var outputs: Int { weight.rows }
}

/// A matrix of float activations `[rows, columns]`, a row per token.
///
/// Used by one thread at a time.
public struct Activations {
  /// Tokens.
  public let rows: Int
  /// Features.
  public let columns: Int
  /// The backend's own form.
  public let storage: any ActivationStorage

  /// Wraps a backend's storage.
  public init(rows: Int, columns: Int, storage: any ActivationStorage) {
    self.rows = rows
    self.columns = columns
    self.storage = storage
  }
}

/// The element type of cached keys and values.
public enum CacheType: String, CaseIterable, Sendable {
  /// 32-bit floats.
  case f32
  /// IEEE half precision.
  case f16
  /// The upper half of a 32-bit float.
  case bf16

  /// Bytes per element.
  public var byteCount: Int { self == .f32 ? 4 : 2 }
}

/// The size of a sequence's cache.
public struct CacheShape: Sendable, Equatable {
  /// Key-value heads of each layer.
  public var keyValueHeads: [Int]
  /// Elements of a key and of a value per head.
  public var headDimension: Int
  /// The most positions that it holds.
  public var capacity: Int
  /// The element type.
  public var type: CacheType

  /// Creates a shape.
  public init(keyValueHeads: [Int], headDimension: Int, capacity: Int, type: CacheType) {
    self.keyValueHeads = keyValueHeads
    self.headDimension = headDimension
    self.capacity = capacity
    self.type = type
  }
}

/// The rows of a step that belong to one sequence.
public struct SequenceSlice {
  /// The sequence's cache.
  public var cache: any CacheStorage
  /// Its rows among the activations of the step.
  public var rows: Range<Int>
  /// The cache position of the first of them; the positions before it are visible to all.
  public var start: Int

  /// Creates a slice.
  public init(cache: any CacheStorage, rows: Range<Int>, start: Int) {
    self.cache = cache
    self.rows = rows
    self.start = start
  }
}

/// The heads of an attention layer.
public struct AttentionShape: Sendable, Equatable {
  /// Query heads.
  public var heads: Int
  /// Key-value heads; each serves `heads / keyValueHeads` query heads in a row.
  public var keyValueHeads: Int
  /// Elements per head.
  public var headDimension: Int
  /// What the dot products are multiplied with.
  public var scale: Float

  /// Creates a shape; `scale` is 1 / √headDimension unless given.
  public init(heads: Int, keyValueHeads: Int, headDimension: Int, scale: Float? = nil) {
    self.heads = heads
    self.keyValueHeads = keyValueHeads
    self.headDimension = headDimension
    self.scale = scale ?? 1 / Float(headDimension).squareRoot()
  }
}

/// The rotary position embedding of a step: an angle per row and pair of elements.
///
/// Su et al., "RoFormer: Enhanced Transformer with Rotary Position Embedding" (2021).
public struct Rotation {
  /// Which elements of a head form the pair `i`.
  public enum Pairing: Sendable {
    /// `2i` and `2i + 1`, as in the paper and in GGUF files of the llama family.
    case adjacent
    /// `i` and `i + pairs`, as in GPT-NeoX.
    case halves
  }

  /// `[rows, pairs]`.
  public var cosines: Activations
  /// `[rows, pairs]`.
  public var sines: Activations
  /// The pairing.
  public var pairing: Pairing

  /// Creates a rotation.
  public init(cosines: Activations, sines: Activations, pairing: Pairing) {
    self.cosines = cosines
    self.sines = sines
    self.pairing = pairing
  }
}

/// The nonlinearity of a feed-forward layer.
public enum ActivationFunction: Sendable {
  /// x / (1 + e⁻ˣ).
  case silu
}
