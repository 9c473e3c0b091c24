/// The tokens that may come next, with their logits.
///
/// A chain fills one value with the logits of the whole vocabulary, in token order, for every
/// token; transforms change logits and remove candidates. The buffers are kept from token to token.
///
/// Logits are never NaN when they are loaded: NaN becomes negative infinity. Equal logits are
/// always ordered by token, the lowest first, so that every choice is deterministic.
public struct Candidates: Sendable {
  /// A token and its logit.
  public struct Element: Sendable, Equatable {
    /// The token's id.
    public var token: Int
    /// Its logit: an unnormalised log probability.
    public var logit: Float

    /// Creates an element.
    public init(token: Int, logit: Float) {
      self.token = token
      self.logit = logit
    }
  }

  /// The token of each candidate.
  public internal(set) var tokens: [Int32] = []
  /// The logit of each candidate.
  public internal(set) var logits: [Float] = []
  /// The probability of each candidate after ``normalize()``; empty when it has not been called
  /// since the candidates were last changed.
  public internal(set) var probabilities: [Float] = []
  /// Whether the candidates are ordered by falling logit, and then by rising token.
  public internal(set) var isSorted = false

  /// Whether candidate `i` is token `i`: no candidate has been removed or moved.
  var isInTokenOrder = true
  /// Candidates as integers that compare as candidates do; see `Candidates+Selection.swift`.
  var keys: [UInt64] = []

  /// Creates an empty value, to be filled by ``load(_:)``.
  public init() {}

  /// Creates candidates from the logits of the whole vocabulary: `logits[i]` is that of token `i`.
  public init(logits: Span<Float>) { load(logits) }

  /// Replaces all candidates by the logits of the whole vocabulary, keeping the buffers.
  public mutating func load(_ newLogits: Span<Float>) {
    let count = newLogits.count
    precondition(count <= Int32.max, "token ids have 31 bits")
    if tokens.count != count || !isInTokenOrder {
      tokens.resize(to: count)
      var ids = tokens.mutableSpan
      for index in 0..<count { ids[index] = Int32(truncatingIfNeeded: index) }
    }
    logits.resize(to: count)
    var values = logits.mutableSpan
    for index in 0..<count {
      let value = newLogits[index]
      // Adding zero makes -0 equal to 0 bit for bit, as sorting by bits needs.
      values[index] = value == value ? value + 0 : -.infinity
    }
    probabilities.removeAll(keepingCapacity: true)
    isSorted = count <= 1
    isInTokenOrder = true
  }

  /// The number of candidates.
  public var count: Int { tokens.count }

  /// Whether there is no candidate.
  public var isEmpty: Bool { tokens.isEmpty }

  /// A candidate; setting its logit forgets the order and the probabilities.
  public subscript(index: Int) -> Element {
    get { Element(token: Int(tokens[index]), logit: logits[index]) }
    set {
      tokens[index] = Int32(truncatingIfNeeded: newValue.token)
      logits[index] = newValue.logit
      isInTokenOrder = isInTokenOrder && newValue.token == index
      isSorted = count <= 1
      probabilities.removeAll(keepingCapacity: true)
    }
  }

  /// The index of the candidate for `token`, or `nil` where it has been removed.
  ///
  /// Complexity: O(1) while no candidate has been removed or moved, else O(`count`).
  public func index(of token: Int) -> Int? {
    if isInTokenOrder { return tokens.indices.contains(token) ? token : nil }
    return tokens.firstIndex { Int($0) == token }
  }

  /// Changes all logits at once.
  ///
  /// - Parameters:
  ///   - keepsOrder: Whether the change leaves the order by logit as it is, as a positive factor
  ///     does.
  ///   - body: Gets the tokens and, in the same order, their logits.
  public mutating func updateLogits(
    keepsOrder: Bool = false, _ body: (Span<Int32>, inout MutableSpan<Float>) -> Void
  ) {
    Self.update(&logits, of: tokens, body)
    isSorted = count <= 1 || (isSorted && keepsOrder)
    probabilities.removeAll(keepingCapacity: true)
  }

  private static func update(
    _ logits: inout [Float], of tokens: [Int32],
    _ body: (Span<Int32>, inout MutableSpan<Float>) -> Void
  ) {
    var span = logits.mutableSpan
    body(tokens.span, &span)
  }

  /// Removes the candidates for which `shouldRemove` is true, keeping the order of the others.
  public mutating func removeAll(where shouldRemove: (Element) -> Bool) {
    var kept = 0
    for index in 0..<count where !shouldRemove(self[index]) {
      tokens[kept] = tokens[index]
      logits[kept] = logits[index]
      kept += 1
    }
    keepFirst(kept)
  }

  /// Removes all candidates but the first `count` ones.
  public mutating func keepFirst(_ count: Int) {
    let removed = self.count - max(0, count)
    guard removed > 0 else { return }
    tokens.removeLast(removed)
    logits.removeLast(removed)
    isInTokenOrder = false
    isSorted = isSorted || self.count <= 1
    probabilities.removeAll(keepingCapacity: true)
  }
}

extension Array where Element: Numeric {
  /// Makes the array `count` long, filled up with zeros; its buffer never shrinks.
  mutating func resize(to count: Int) {
    if count < self.count {
      removeLast(self.count - count)
    } else {
      append(contentsOf: repeatElement(0, count: count - self.count))
    }
  }
}
