/// SentencePiece's compiled table of strings and what they become: a double array with four bytes a
/// node, and the replacements, each of which ends with a zero byte (S. Kanda, K. Morita and
/// M. Fuketa, "Space- and Time-Efficient String Dictionaries", 2018; the layout is that of the
/// Darts-clone library).
struct CharacterMap: Sendable {
  private let nodes: [UInt32]
  private let replacements: [UInt8]

  /// Reads a table: the size of the array in bytes, the array, and the replacements. One that is too
  /// short is read as far as it goes.
  init(_ bytes: [UInt8]) {
    guard bytes.count >= 4 else {
      (nodes, replacements) = ([], [])
      return
    }
    let size = min(Int(Self.word(bytes, 0)), bytes.count - 4)
    nodes = (0..<size / 4).map { Self.word(bytes, 4 + 4 * $0) }
    replacements = Array(bytes[(4 + size)...])
  }

  private static func word(_ bytes: [UInt8], _ offset: Int) -> UInt32 {
    (0..<4).reduce(0) { $0 | UInt32(bytes[offset + $1]) << UInt32(8 * $1) }
  }

  /// Whether nothing is replaced.
  var isEmpty: Bool { nodes.isEmpty }

  /// The longest string in the table that a text has at a position: its length, and what it becomes.
  func longestMatch(
    in text: Span<UInt8>, at position: Int
  ) -> (length: Int, replacement: ArraySlice<UInt8>)? {
    match(in: text, at: position, takesFirst: false)
  }

  /// What the shortest string in the table becomes that a text starts with.
  func shortestMatch(in text: Span<UInt8>) -> ArraySlice<UInt8>? {
    match(in: text, at: 0, takesFirst: true)?.replacement
  }

  private func match(
    in text: Span<UInt8>, at position: Int, takesFirst: Bool
  ) -> (length: Int, replacement: ArraySlice<UInt8>)? {
    guard let root = nodes.first else { return nil }
    var index = Self.offset(root)
    var match: (Int, UInt32)?
    var end = position
    while end < text.count, text[end] != 0 {
      index ^= UInt32(text[end])
      guard let node = node(index), Self.label(node) == UInt32(text[end]) else { break }
      end += 1
      index ^= Self.offset(node)
      if Self.hasLeaf(node), let leaf = self.node(index) {
        match = (end - position, leaf & 0x7FFF_FFFF)
        if takesFirst { break }
      }
    }
    guard let (length, start) = match, start < replacements.count else { return nil }
    let rest = replacements[Int(start)...]
    guard let zero = rest.firstIndex(of: 0) else { return nil }
    return (length, rest[..<zero])
  }

  private func node(_ index: UInt32) -> UInt32? {
    index < nodes.count ? nodes[Int(index)] : nil
  }

  private static func offset(_ node: UInt32) -> UInt32 {
    (node >> 10) << ((node & (1 << 9)) >> 6)
  }

  private static func label(_ node: UInt32) -> UInt32 { node & (1 << 31 | 0xFF) }

  private static func hasLeaf(_ node: UInt32) -> Bool { node >> 8 & 1 == 1 }
}
