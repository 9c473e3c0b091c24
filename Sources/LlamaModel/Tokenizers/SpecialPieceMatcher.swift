/// Finds special pieces in a text.
///
/// Of pieces that overlap the longest wins, wherever it starts, and of equal ones the leftmost; this
/// is what trying the pieces one by one, the longest first, gives. Here, the pieces are in a tree,
/// and the text is read once.
struct SpecialPieceMatcher: Sendable {
  /// A part of a text.
  enum Fragment: Equatable {
    /// Plain text, by its bytes.
    case text(Range<Int>)
    /// A special piece.
    case piece(Int)
  }

  private var trie = ByteTrie()
  private let trimsAfter: Set<Int>
  private let trimsBefore: Set<Int>

  /// Takes the pieces of some types.
  init(_ vocabulary: Vocabulary, types: Set<Vocabulary.PieceType>) {
    trimsAfter = vocabulary.trimsWhitespaceAfter
    trimsBefore = vocabulary.trimsWhitespaceBefore
    for token in 0..<vocabulary.count where types.contains(vocabulary.types[token]) {
      trie.insert(vocabulary.pieces[token], value: Int32(token))
    }
  }

  /// A place where a piece stands.
  private struct Match: Comparable {
    var position: Int
    var length: Int
    var piece: Int

    /// The order in which matches are taken.
    static func < (first: Self, second: Self) -> Bool {
      if first.length != second.length { return first.length > second.length }
      if first.piece != second.piece { return first.piece < second.piece }
      return first.position < second.position
    }
  }

  private func longestMatch(in text: Span<UInt8>, at position: Int, below limit: Int) -> Match? {
    trie.longestMatch(in: text, at: position, below: limit)
      .map { Match(position: position, length: $0.length, piece: $0.value) }
  }

  /// The parts of a text, in order; no text is empty.
  func fragments(of text: Span<UInt8>) -> [Fragment] {
    guard !text.isEmpty else { return [] }
    var queue = MinimumHeap<Match>()
    if !trie.isEmpty {
      for position in 0..<text.count {
        if let match = longestMatch(in: text, at: position, below: .max) { queue.insert(match) }
      }
    }
    guard !queue.isEmpty else { return [.text(0..<text.count)] }

    // The token of each byte that is taken, with -1 where it is free, and -2 where it is trimmed.
    var owners = [Int](repeating: -1, count: text.count)
    var starts: [Int: Int] = [:]
    while let match = queue.popLeast() {
      let end = match.position + match.length
      guard owners[match.position] == -1 else { continue }
      // What is taken is at least as long as the match, so it covers one of its ends.
      guard owners[end - 1] == -1 else {
        if let shorter = longestMatch(in: text, at: match.position, below: match.length) {
          queue.insert(shorter)
        }
        continue
      }
      for index in match.position..<end { owners[index] = match.piece }
      starts[match.position] = end
      if trimsBefore.contains(match.piece) {
        var index = match.position
        while index > 0, owners[index - 1] == -1, Self.isSpace(text[index - 1]) {
          index -= 1
          owners[index] = -2
        }
      }
      if trimsAfter.contains(match.piece) {
        var index = end
        while index < text.count, owners[index] == -1, Self.isSpace(text[index]) {
          owners[index] = -2
          index += 1
        }
      }
    }
    return fragments(owners, starts)
  }

  private func fragments(_ owners: [Int], _ starts: [Int: Int]) -> [Fragment] {
    var fragments: [Fragment] = []
    var index = 0
    while index < owners.count {
      if let end = starts[index] {
        fragments.append(.piece(owners[index]))
        index = end
      } else if owners[index] == -2 {
        index += 1
      } else {
        let start = index
        while index < owners.count, owners[index] == -1 { index += 1 }
        fragments.append(.text(start..<index))
      }
    }
    return fragments
  }

  /// Whitespace in ASCII.
  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || (0x09...0x0D).contains(byte)
  }
}

/// The matchers of a vocabulary: with and without the pieces that text must not become by itself.
struct SpecialPieces: Sendable {
  private let all: SpecialPieceMatcher
  private let userDefined: SpecialPieceMatcher
  private let vocabulary: Vocabulary

  init(_ vocabulary: Vocabulary) {
    self.vocabulary = vocabulary
    all = SpecialPieceMatcher(vocabulary, types: [.control, .unknown, .userDefined])
    userDefined = SpecialPieceMatcher(vocabulary, types: [.userDefined])
  }

  /// The tokens of a text: those that start and end it, where the options and the vocabulary ask for
  /// them, special pieces, and what `encode` makes of the plain text between them.
  ///
  /// - Parameter encode: Appends the tokens of a stretch of plain text, and is told whether it is
  ///   at the start or follows a special piece.
  func encode(
    _ text: String, options: EncodingOptions,
    _ encode: (Span<UInt8>, _ followsPiece: Bool, inout [Int]) -> Void
  ) -> [Int] {
    let bytes = Array(text.utf8)
    var tokens: [Int] = []
    tokens.reserveCapacity(bytes.count / 4 + 2)
    if options.contains(.addSpecial), vocabulary.addBOS, let bos = vocabulary.specialTokens.bos {
      tokens.append(bos)
    }
    let matcher = options.contains(.parseSpecial) ? all : userDefined
    var followsPiece = true
    for fragment in matcher.fragments(of: bytes.span) {
      switch fragment {
      case .piece(let token):
        tokens.append(token)
        followsPiece = true
      case .text(let range):
        encode(bytes.span.extracting(range), followsPiece, &tokens)
        followsPiece = false
      }
    }
    if options.contains(.addSpecial), vocabulary.addEOS, let eos = vocabulary.endingToken {
      tokens.append(eos)
    }
    return tokens
  }
}
