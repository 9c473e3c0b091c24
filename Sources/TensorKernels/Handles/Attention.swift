/// The heads of an attention layer, and what becomes of their scores.
public struct AttentionShape: Sendable {
  /// Query heads.
  public var heads: Int
  /// Key-value heads; each serves `heads / keyValueHeads` query heads in a row.
  public var keyValueHeads: Int
  /// Elements of a query and of a key.
  public var headDimension: Int
  /// Elements of a value.
  public var valueDimension: Int
  /// What the dot products are multiplied with.
  public var scale: Float
  /// Scores become cap · tanh(score / cap) (Gemma Team, "Gemma 2", 2024).
  public var softcap: Float?
  /// How many positions a row sees, its own included; where the attention is not causal, so many
  /// to each side, its own included (Beltagy et al., "Longformer", 2020).
  public var window: Int?
  /// A score per head that takes its share of the softmax and adds nothing (Xiao et al.,
  /// "Efficient Streaming Language Models with Attention Sinks", 2023).
  public var sinks: Weight?
  /// Whether a row sees only its own position and those before it.
  public var isCausal = true

  /// Creates a shape; `valueDimension` is that of a key unless given, and `scale`
  /// 1 / √headDimension.
  public init(
    heads: Int, keyValueHeads: Int, headDimension: Int, valueDimension: Int? = nil,
    scale: Float? = nil
  ) {
    self.heads = heads
    self.keyValueHeads = keyValueHeads
    self.headDimension = headDimension
    self.valueDimension = valueDimension ?? headDimension
    self.scale = scale ?? 1 / Float(headDimension).squareRoot()
  }

  /// The positions that the row at `position` sees of a sequence that will have `count`.
  public func visible(from position: Int, of count: Int) -> Range<Int> {
    let reach = window ?? count
    return max(0, position - reach + 1)..<(isCausal ? position + 1 : min(count, position + reach))
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
