/// Finds special pieces in a text.
///
/// Of pieces that overlap the longest wins, wherever it starts, and of equal ones the leftmost; this
/// is what trying the pieces one by one, the longest first, gives. Here, the pieces are in a trie,
/// and the text is read once.
struct SpecialPieceMatcher: Sendable {
  /// A part of a text.
  enum Fragment: Equatable {
    /// Plain text, by its bytes.
    case text(Range<Int>)
    /// A special piece.
    case piece(Int)
  }

  private struct Node: Sendable {
    var byte: UInt8
    var firstChild: Int32 = -1
    var nextSibling: Int32 = -1
    /// The piece that ends here, or -1.
    var piece: Int32 = -1
  }

  private var nodes: [Node] = []
  /// The node for each first byte, or -1.
  private var roots = [Int32](repeating: -1, count: 256)
  private let trimsAfter: Set<Int>

  /// Takes the pieces of some types.
  init(_ vocabulary: Vocabulary, types: Set<Vocabulary.PieceType>) {
    trimsAfter = vocabulary.trimsWhitespaceAfter
    for token in 0..<vocabulary.count where types.contains(vocabulary.types[token]) {
      insert(vocabulary.pieces[token], token)
    }
  }

  private mutating func insert(_ piece: ArraySlice<UInt8>, _ token: Int) {
    guard let first = piece.first else { return }
    if roots[Int(first)] < 0 {
      roots[Int(first)] = Int32(nodes.count)
      nodes.append(Node(byte: first))
    }
    var node = Int(roots[Int(first)])
    for byte in piece.dropFirst() {
      if let child = child(of: node, byte) {
        node = child
      } else {
        nodes.append(Node(byte: byte, nextSibling: nodes[node].firstChild))
        nodes[node].firstChild = Int32(nodes.count - 1)
        node = nodes.count - 1
      }
    }
    nodes[node].piece = Int32(token)
  }

  private func child(of node: Int, _ byte: UInt8) -> Int? {
    var child = nodes[node].firstChild
    while child >= 0 {
      if nodes[Int(child)].byte == byte { return Int(child) }
      child = nodes[Int(child)].nextSibling
    }
    return nil
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
    var next = roots[Int(text[position])] >= 0 ? Int(roots[Int(text[position])]) : nil
    var match: Match?
    var end = position
    while let node = next {
      end += 1
      guard end - position < limit else { break }
      if nodes[node].piece >= 0 {
        match = Match(position: position, length: end - position, piece: Int(nodes[node].piece))
      }
      next = end < text.count ? child(of: node, text[end]) : nil
    }
    return match
  }

  /// The parts of a text, in order; no text is empty.
  func fragments(of text: Span<UInt8>) -> [Fragment] {
    guard !text.isEmpty else { return [] }
    var queue = MinimumHeap<Match>()
    if !nodes.isEmpty {
      for position in 0..<text.count where roots[Int(text[position])] >= 0 {
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
      guard trimsAfter.contains(match.piece) else { continue }
      var index = end
      while index < text.count, owners[index] == -1, Self.isSpace(text[index]) {
        owners[index] = -2
        index += 1
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

  init(_ vocabulary: Vocabulary) {
    all = SpecialPieceMatcher(vocabulary, types: [.control, .unknown, .userDefined])
    userDefined = SpecialPieceMatcher(vocabulary, types: [.userDefined])
  }

  func fragments(
    of text: Span<UInt8>, options: EncodingOptions
  ) -> [SpecialPieceMatcher.Fragment] {
    (options.contains(.parseSpecial) ? all : userDefined).fragments(of: text)
  }
}
