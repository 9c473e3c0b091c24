/// A set of tokens, as bits.
struct TokenMask: Sendable, Equatable {
  private(set) var words: [UInt64]

  init(count: Int) { words = [UInt64](repeating: 0, count: (count + 63) / 64) }

  mutating func insert(_ token: Int) { words[token >> 6] |= 1 << UInt64(token & 63) }

  func contains(_ token: Int) -> Bool {
    token >= 0 && token >> 6 < words.count && words[token >> 6] >> UInt64(token & 63) & 1 == 1
  }

  mutating func formUnion(_ other: TokenMask) {
    for index in words.indices { words[index] |= other.words[index] }
  }

  mutating func removeAll(where shouldRemove: (Int) -> Bool) {
    for index in words.indices where words[index] != 0 {
      var word = words[index]
      while word != 0 {
        let bit = word.trailingZeroBitCount
        word &= word - 1
        if shouldRemove(index << 6 | bit) { words[index] &= ~(1 << UInt64(bit)) }
      }
    }
  }

  var isEmpty: Bool { words.allSatisfy { $0 == 0 } }

  /// The number of tokens.
  var count: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }
}

extension Candidates {
  /// Removes the candidates that are not in a set.
  mutating func keep(_ mask: TokenMask) {
    guard isInTokenOrder else { return removeAll { !mask.contains($0.token) } }
    var kept = 0
    for (index, word) in mask.words.enumerated() where word != 0 {
      var word = word
      while word != 0 {
        let token = index << 6 | word.trailingZeroBitCount
        word &= word - 1
        guard token < count else { break }
        tokens[kept] = Int32(truncatingIfNeeded: token)
        logits[kept] = logits[token]
        kept += 1
      }
    }
    keepFirst(kept)
  }
}
