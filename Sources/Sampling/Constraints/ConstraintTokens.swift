/// A vocabulary prepared for constraints: made once for a model, and shared by all its constraints.
public final class ConstraintTokens: Sendable {
  /// The number of tokens.
  public let count: Int
  /// The tokens that end a text.
  public let endTokens: [Int]

  let vocabulary: any ConstraintVocabulary
  let trie: TokenTrie
  /// The tokens with a quotation mark, the only ones that can end a JSON string.
  let quotingTrie: TokenTrie
  /// The characters that each token has within a JSON string, one begun at its end included, and at
  /// most 255.
  let characterCounts: [UInt8]
  private let offsets: [Int32]
  private let buffer: [UInt8]

  /// Prepares a vocabulary.
  ///
  /// Complexity: O(`tokenCount` log `tokenCount`).
  public init(_ vocabulary: some ConstraintVocabulary) {
    self.vocabulary = vocabulary
    count = vocabulary.tokenCount
    endTokens = vocabulary.endTokens.filter { (0..<vocabulary.tokenCount).contains($0) }
    var offsets: [Int32] = [0]
    var buffer: [UInt8] = []
    offsets.reserveCapacity(count + 1)
    let ends = Set(endTokens)
    var readable: [Int32] = []
    var quoting: [Int32] = []
    for token in 0..<count {
      // An end token ends; its bytes, if it has any, are never text.
      if !ends.contains(token), let bytes = vocabulary.bytes(of: token), !bytes.isEmpty {
        buffer += bytes
        readable.append(Int32(token))
        if bytes.contains(0x22) { quoting.append(Int32(token)) }
      }
      offsets.append(Int32(buffer.count))
    }
    characterCounts = (0..<count).map { token in
      Self.characterCount(buffer[Int(offsets[token])..<Int(offsets[token + 1])])
    }
    trie = TokenTrie(readable, offsets: offsets, buffer: buffer)
    quotingTrie = TokenTrie(quoting, offsets: offsets, buffer: buffer)
    self.offsets = offsets
    self.buffer = buffer
  }

  private static func characterCount(_ bytes: ArraySlice<UInt8>) -> UInt8 {
    var lexer = StringLexer()
    var count = 0
    for byte in bytes {
      if case .scalar = lexer.read(byte) { count += 1 }
    }
    return UInt8(clamping: count + (lexer.isBetweenCharacters ? 0 : 1))
  }

  /// The bytes of a token; empty where it is no text.
  func bytes(of token: Int) -> ArraySlice<UInt8> {
    guard (0..<count).contains(token) else { return [] }
    return buffer[Int(offsets[token])..<Int(offsets[token + 1])]
  }

  /// Spells bytes in tokens, each the longest that fits.
  ///
  /// - Returns: `nil` where no token begins with the next byte.
  public func spell(_ text: some Collection<UInt8>) -> [Int]? {
    let text = Array(text)
    var result: [Int] = []
    var position = 0
    while position < text.count {
      guard let (token, length) = trie.longestToken(in: text[position...]) else { return nil }
      result.append(token)
      position += length
    }
    return result
  }
}

extension TokenTrie {
  /// The longest token with which a text begins.
  func longestToken(in text: ArraySlice<UInt8>) -> (token: Int, length: Int)? {
    var best: (token: Int, length: Int)?
    var node = 0
    var end = bytes.count
    var length = 0
    for byte in text {
      while node < end, bytes[node] != byte { node = Int(ends[node]) }
      guard node < end else { break }
      length += 1
      if tokens[node] >= 0 { best = (Int(tokens[node]), length) }
      end = Int(ends[node])
      node += 1
    }
    return best
  }
}
