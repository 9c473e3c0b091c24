public import TensorKernels

/// A text in the making: the tokens that a model has read, and its cache of them.
///
/// Used by one thread at a time.
public final class ModelSequence {
  /// The model.
  public let model: LanguageModel
  /// The tokens read, one per cached position.
  public private(set) var tokens: [Int]
  let cache: any KeyValueCache

  /// An empty sequence.
  ///
  /// - Parameters:
  ///   - model: The model that reads it.
  ///   - capacity: The most tokens that it can hold.
  ///   - cacheType: How keys and values are kept.
  /// - Throws: ``ModelError/Code/invalidArgument`` for a capacity below 1,
  ///   ``ModelError/Code/backendFailure`` when there is no memory for it.
  public init(
    _ model: LanguageModel, capacity: Int, cacheType: CacheTypes = .f16
  ) throws(ModelError) {
    guard (1...1 << 30).contains(capacity) else {
      throw ModelError(.invalidArgument, "a sequence of \(capacity) tokens; choose 1 or more")
    }
    self.model = model
    tokens = []
    cache = try ModelCache(
      CacheShape(layers: model.architecture.memory, capacity: capacity, type: cacheType),
      on: model.backend)
  }

  /// A sequence with a cache of one's own, which must have the model's layers and heads.
  ///
  /// - Parameters:
  ///   - model: The model that reads it.
  ///   - cache: The cache.
  ///   - tokens: What the cache holds; nothing unless given.
  public init(_ model: LanguageModel, cache: any KeyValueCache, tokens: [Int] = []) {
    precondition(cache.count == tokens.count, "the cache holds other positions than these tokens")
    self.model = model
    self.tokens = tokens
    self.cache = cache
  }

  private init(copying other: ModelSequence) throws(ModelError) {
    model = other.model
    tokens = other.tokens
    cache = try other.cache.copy()
  }

  /// The most tokens that it can hold.
  public var capacity: Int { cache.capacity }

  /// Bytes reserved for the cache.
  public var cacheBytes: Int { cache.storage.byteCount }

  /// An independent sequence with the same contents.
  public func copy() throws(ModelError) -> ModelSequence { try ModelSequence(copying: self) }

  /// Whether the first `count` tokens can be kept without the others: always where every layer
  /// remembers every position.
  public func canTrim(to count: Int) -> Bool { cache.storage.canResume(at: count) }

  /// Forgets all tokens from `count` on.
  public func trim(to count: Int) throws(ModelError) {
    try cache.trim(to: count)
    tokens.removeSubrange(count...)
  }

  /// Which tokens' logits a caller wants.
  public enum Outputs: Sendable {
    /// None: the tokens are only remembered.
    case none
    /// The last one's.
    case last
    /// The last ones', so many.
    case trailing(Int)
    /// Every one's.
    case all
  }

  /// Reads tokens and returns logits, row by row, of `vocabularySize` values each.
  ///
  /// Blocks: call it from a thread that may. Results do not depend on how a text is cut into
  /// calls and batches.
  ///
  /// - Parameters:
  ///   - newTokens: Ids, at most as many as there is room for.
  ///   - outputs: Whose logits are wanted.
  ///   - batch: The most tokens in one step: more is faster, and takes more working memory.
  ///   - isCancelled: Asked between layers; after a cancellation the sequence is as before the
  ///     step that was interrupted.
  /// - Throws: ``ModelError/Code/contextFull``, ``ModelError/Code/invalidArgument`` for an id
  ///   outside the vocabulary, ``ModelError/Code/cancelled``.
  public func append(
    _ newTokens: some Collection<Int>, outputs: Outputs = .last, batch: Int = 512,
    isCancelled: @escaping () -> Bool = { false }
  ) throws(ModelError) -> [Float] {
    guard batch > 0 else {
      throw ModelError(.invalidArgument, "a batch of \(batch) tokens; choose 1 or more")
    }
    try check(newTokens)
    var logits: [Float] = []
    var rest = Array(newTokens)[...]
    while !rest.isEmpty {
      let part = Array(rest.prefix(min(batch, cache.storage.shape.maximumStep)))
      rest = rest.dropFirst(part.count)
      let wanted: [Int] =
        switch outputs {
        case .none: []
        case .last: rest.isEmpty ? [part.count - 1] : []
        case .trailing(let count): Array(part.indices.suffix(max(0, count - rest.count)))
        case .all: Array(part.indices)
        }
      let values = try step(part, outputs: wanted, isCancelled: isCancelled)
      // Mostly there is one step with logits, whose array need not be copied.
      if logits.isEmpty { logits = values } else { logits += values }
    }
    return logits
  }

  private func step(
    _ part: [Int], outputs: [Int], isCancelled: @escaping () -> Bool
  ) throws(ModelError) -> [Float] {
    let step = Step(
      tokens: part, slices: [slice(rows: part.indices)], outputs: outputs, isCancelled: isCancelled)
    let logits = try model.logits(of: step)
    advance(over: part)
    return logits
  }

  /// Throws when the tokens cannot come next.
  func check(_ newTokens: some Collection<Int>) throws(ModelError) {
    guard newTokens.count <= capacity - tokens.count else {
      throw ModelError(
        .contextFull,
        "\(tokens.count) + \(newTokens.count) tokens do not fit a context of \(capacity)")
    }
    if let bad = newTokens.first(where: { !(0..<model.vocabularySize).contains($0) }) {
      throw ModelError(
        .invalidArgument, "token \(bad) is outside the vocabulary of \(model.vocabularySize)")
    }
  }

  /// The next positions, as rows of a step.
  func slice(rows: Range<Int>) -> SequenceSlice {
    SequenceSlice(cache: cache.storage, rows: rows, start: tokens.count)
  }

  /// Takes note that a step has read tokens.
  func advance(over part: [Int]) {
    cache.advance(by: part.count)
    tokens += part
  }
}
