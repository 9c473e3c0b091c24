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
