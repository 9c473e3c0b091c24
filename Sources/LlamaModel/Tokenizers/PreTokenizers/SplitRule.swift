/// A pattern that cuts a text: what it finds are words, and so is what lies between two of them.
protocol SplitRule: Sendable {
  /// The end of the match that starts at a byte, or `nil` where none does. It takes time in
  /// proportion to its length.
  func matchEnd(in text: Span<UInt8>, at start: Int) -> Int?
}

extension SplitRule {
  /// Appends the ends of the words in a part of a text.
  @inline(__always)
  func split(_ text: Span<UInt8>, _ range: Range<Int>, into ends: inout [Int]) {
    let part = text.extracting(range)
    var index = 0
    var isBetween = false
    while index < part.count {
      if let end = matchEnd(in: part, at: index), end > index {
        if isBetween { ends.append(range.lowerBound + index) }
        ends.append(range.lowerBound + end)
        isBetween = false
        index = end
      } else {
        isBetween = true
        index += CharacterClass.at(index, in: part).length
      }
    }
    if isBetween { ends.append(range.upperBound) }
  }
}

/// One of the steps by which a pattern is applied; each cuts what those before it have left.
enum SplitStep: Sendable {
  /// Words by the usual alternatives.
  case words(WordRules)
  /// Runs of characters; the first that matches counts.
  case runs([CharacterRun])
  /// The white space at the end: `\s+$`.
  case trailingWhitespace
  /// Lines: `[^\n]+|\n+`.
  case lines
  /// Numbers in groups of three from the right, which may start with one or two; on request, only
  /// where no letter follows.
  case digitGroups(needBoundary: Bool)
  /// Borders before every third digit from the right.
  case digitBorders
  /// White space without newlines by powers of two, the greatest first, up to 512.
  case whitespacePowers
  /// What stands for images in text for the Chameleon models.
  case sentinels

  /// Cuts a part of a text.
  func split(_ text: Span<UInt8>, _ range: Range<Int>, into ends: inout [Int]) {
    switch self {
    case .words(let rules): rules.split(text, range, into: &ends)
    case .runs(let runs): RunRule(runs: runs).split(text, range, into: &ends)
    case .trailingWhitespace: TrailingWhitespace.split(text, range, into: &ends)
    case .lines: LineRule().split(text, range, into: &ends)
    case .digitGroups(let needBoundary):
      DigitGroups(needBoundary: needBoundary).split(text, range, into: &ends)
    case .digitBorders: DigitBorders.split(text, range, into: &ends)
    case .whitespacePowers: WhitespacePowers.split(text, range, into: &ends)
    case .sentinels: SentinelRule().split(text, range, into: &ends)
    }
  }
}

/// A pre-tokenizer that is a list of steps.
struct StepPreTokenizer: PreTokenizer {
  let steps: [SplitStep]
  var ignoresMerges = false
  var addsBOS = false
  var spelling = PieceSpelling.bytes

  func split(_ text: Span<UInt8>, into ends: inout [Int]) {
    guard let first = steps.first, !text.isEmpty else {
      if !text.isEmpty { ends.append(text.count) }
      return
    }
    guard steps.count > 1 else { return first.split(text, 0..<text.count, into: &ends) }
    var parts: [Int] = []
    first.split(text, 0..<text.count, into: &parts)
    for step in steps.dropFirst() {
      var next: [Int] = []
      next.reserveCapacity(parts.count)
      var start = 0
      for end in parts {
        step.split(text, start..<end, into: &next)
        start = end
      }
      parts = next
    }
    ends += parts
  }
}
