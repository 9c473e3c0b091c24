/// Which neighbouring symbols join, and which join first.
protocol MergeRule {
  /// What two neighbours make, or `nil` where they do not join.
  ///
  /// - Parameters:
  ///   - left: The piece of the left symbol; -1 where none is known.
  ///   - right: The piece of the right symbol.
  ///   - range: The bytes of both in `text`.
  /// - Returns: The piece that they make, and its rank: the lowest goes first.
  func join(_ left: Int32, _ right: Int32, _ range: Range<Int>, in text: Span<UInt8>)
    -> (rank: UInt32, piece: Int32)?
}

/// Byte-pair merging: joins the two neighbours of the lowest rank, the leftmost of equal ones, until
/// none join.
///
/// Possible merges wait in a heap, and each merge adds two: n symbols take O(n log n) steps. The
/// buffers are kept from word to word.
struct MergeEngine {
  /// A run of bytes that is one piece so far.
  struct Symbol {
    /// Where it starts in the text.
    var start: Int
    /// Where it ends; equal to `start` once it has been joined to its left neighbour.
    var end: Int
    /// Its piece, or -1 where none is known.
    var piece: Int32
    /// The neighbours' numbers; the first symbol's left one is -1, the last one's right one `count`.
    var left: Int32
    var right: Int32
  }

  /// A merge that was possible when it was found.
  private struct Candidate: Comparable {
    /// The rank, and below it the number of the left symbol.
    var order: UInt64
    var right: Int32
    var piece: Int32
    /// The bytes of both symbols; it is outdated when they have another number now.
    var byteCount: Int

    static func < (first: Self, second: Self) -> Bool { first.order < second.order }
  }

  private(set) var symbols: [Symbol] = []
  private var queue = MinimumHeap<Candidate>()

  /// Forgets all symbols.
  mutating func removeAll() { symbols.removeAll(keepingCapacity: true) }

  /// Adds a symbol after those that are there. Symbols are numbered with 31 bits: two billion in
  /// one word are a programmer error.
  mutating func append(_ range: Range<Int>, piece: Int32) {
    let index = Int32(symbols.count)
    symbols.append(
      Symbol(
        start: range.lowerBound, end: range.upperBound, piece: piece, left: index - 1,
        right: index + 1))
  }

  /// Makes the last symbol longer.
  mutating func extendLast(to end: Int) {
    guard !symbols.isEmpty else { return }
    symbols[symbols.count - 1].end = end
  }

  /// Joins what can be joined.
  mutating func merge<Rule: MergeRule>(by rule: borrowing Rule, in text: Span<UInt8>) {
    guard symbols.count > 1 else { return }
    for index in 0..<symbols.count - 1 { add(index, index + 1, rule, text) }
    while let candidate = queue.popLeast() {
      let left = Int(truncatingIfNeeded: candidate.order & 0xFFFF_FFFF)
      let right = Int(candidate.right)
      // A symbol that was joined to its left neighbour is empty, and one that grew is longer.
      guard symbols[left].end == symbols[right].start,
        symbols[right].end > symbols[right].start,
        symbols[right].end - symbols[left].start == candidate.byteCount
      else { continue }
      symbols[left].end = symbols[right].end
      symbols[left].piece = candidate.piece
      symbols[left].right = symbols[right].right
      symbols[right].end = symbols[right].start
      let next = Int(symbols[left].right)
      if next < symbols.count {
        symbols[next].left = Int32(left)
        add(left, next, rule, text)
      }
      let previous = Int(symbols[left].left)
      if previous >= 0 { add(previous, left, rule, text) }
    }
  }

  @inline(__always)
  private mutating func add<Rule: MergeRule>(
    _ left: Int, _ right: Int, _ rule: borrowing Rule, _ text: Span<UInt8>
  ) {
    let range = symbols[left].start..<symbols[right].end
    guard
      let (rank, piece) = rule.join(symbols[left].piece, symbols[right].piece, range, in: text)
    else { return }
    queue.insert(
      Candidate(
        order: UInt64(rank) << 32 | UInt64(left), right: Int32(right), piece: piece,
        byteCount: range.count))
  }
}
