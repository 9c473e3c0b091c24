/// A gated delta rule: a recurrent state per head that forgets, corrects and answers.
///
/// With the state S of a head, for each row: S ← e^(decay · softplus(alpha + bias)) S;
/// S ← S + σ(beta) k (v - Sᵀk)ᵀ; out = scale · Sᵀq. Yang et al., "Gated Delta Networks: Improving
/// Mamba2 with Delta Rule" (2024).
public struct DeltaRule: Sendable, Equatable {
  /// Which key head serves the value head `i`.
  public enum Sharing: Sendable {
    /// `i / (valueHeads / keyHeads)`.
    case consecutive
    /// `i % keyHeads`.
    case interleaved
  }

  /// Heads of queries and keys.
  public var keyHeads: Int
  /// Heads of values, and of states.
  public var valueHeads: Int
  /// Elements of a query and of a key.
  public var keyDimension: Int
  /// Elements of a value.
  public var valueDimension: Int
  /// How key heads are shared.
  public var sharing: Sharing
  /// What the answer is multiplied with.
  public var scale: Float
  /// One negative number per value head.
  public var decay: [Float]
  /// Added to alpha, one number per value head.
  public var bias: [Float]

  /// Creates a rule; `scale` is 1 / √keyDimension.
  public init(
    keyHeads: Int, valueHeads: Int, keyDimension: Int, valueDimension: Int, sharing: Sharing,
    decay: [Float], bias: [Float]
  ) {
    self.keyHeads = keyHeads
    self.valueHeads = valueHeads
    self.keyDimension = keyDimension
    self.valueDimension = valueDimension
    self.sharing = sharing
    self.decay = decay
    self.bias = bias
    scale = 1 / Float(keyDimension).squareRoot()
  }

  /// The key head of a value head.
  public func keyHead(of head: Int) -> Int {
    switch sharing {
    case .consecutive: head / (valueHeads / keyHeads)
    case .interleaved: head % keyHeads
    }
  }
}

/// The inputs of a ``DeltaRule``, a row per token.
public struct DeltaRuleInput {
  /// `[rows, keyHeads * keyDimension]`.
  public var queries: Activations
  /// `[rows, keyHeads * keyDimension]`.
  public var keys: Activations
  /// `[rows, valueHeads * valueDimension]`.
  public var values: Activations
  /// `[rows, valueHeads]`: how much is forgotten.
  public var alpha: Activations
  /// `[rows, valueHeads]`: how much is corrected.
  public var beta: Activations

  /// Creates inputs.
  public init(
    queries: Activations, keys: Activations, values: Activations, alpha: Activations,
    beta: Activations
  ) {
    self.queries = queries
    self.keys = keys
    self.values = values
    self.alpha = alpha
    self.beta = beta
  }
}
