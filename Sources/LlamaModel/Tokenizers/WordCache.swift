/// Words that a text has had before: one that comes again has the same tokens, which are copied from
/// those made so far.
struct WordCache {
  private struct Slot {
    var hash: UInt64 = 0
    var word = 0..<0
    var tokens = 0..<0
  }

  /// A word is looked for in one slot; what was there before is forgotten.
  private var slots: [Slot]

  /// The longest word that is kept, in bytes.
  private static let maximumCount = 64

  /// A cache for a text, without slots where the text is short.
  init(textCount: Int) {
    let count = textCount < 256 ? 0 : textCount < 65_536 ? 1 << 10 : 1 << 14
    slots = Array(repeating: Slot(), count: count)
  }

  /// Appends the tokens of a word if they are known.
  ///
  /// - Returns: Otherwise, the hash that ``insert(_:hash:tokens:)`` needs; `nil` where they are known.
  @inline(__always)
  func append(_ word: Range<Int>, of text: Span<UInt8>, to tokens: inout [Int]) -> UInt64? {
    guard !slots.isEmpty, word.count <= Self.maximumCount else { return 0 }
    let hash = ByteStringTable.hash(text.extracting(word))
    let slot = slots[Int(truncatingIfNeeded: hash) & (slots.count - 1)]
    guard slot.hash == hash, slot.word.count == word.count else { return hash }
    for offset in 0..<word.count
    where text[slot.word.lowerBound + offset] != text[word.lowerBound + offset] {
      return hash
    }
    for index in slot.tokens { tokens.append(tokens[index]) }
    return nil
  }

  /// Keeps a word and where its tokens are.
  @inline(__always)
  mutating func insert(_ word: Range<Int>, hash: UInt64, tokens: Range<Int>) {
    guard !slots.isEmpty, word.count <= Self.maximumCount else { return }
    slots[Int(truncatingIfNeeded: hash) & (slots.count - 1)] = Slot(
      hash: hash, word: word, tokens: tokens)
  }
}
