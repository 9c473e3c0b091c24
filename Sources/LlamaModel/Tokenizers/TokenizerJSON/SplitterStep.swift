/// Parts of a text that are cut further and further; what is in no part is left out.
struct TextParts: Sendable {
  var bytes: [UInt8]
  var ranges: [Range<Int>]
  /// Whether the first part starts where the text does.
  var startsText: Bool
}

/// What becomes of the matches of a pattern that cuts text.
enum SplitBehavior: String, Sendable {
  case removed = "Removed"
  case isolated = "Isolated"
  case mergedWithPrevious = "MergedWithPrevious"
  case mergedWithNext = "MergedWithNext"
  case contiguous = "Contiguous"
}

/// A step that cuts text before the model does: a `pre_tokenizer` of a `tokenizer.json`.
enum SplitterStep: Sendable {
  /// A pattern.
  case pattern(PatternMatcher, SplitBehavior, isInverted: Bool)
  /// A pattern that a scanner knows, whose matches are isolated.
  case known(StepPreTokenizer)
  /// Characters of some kind.
  case characters(CharacterKind, SplitBehavior)
  /// A space before parts that start with another character.
  case spacePrefix
  case metaspace(replacement: [UInt8], scheme: PrependScheme, splits: Bool)
  /// Runs of word characters and runs of others, without white space.
  case words
  /// So many characters at a time.
  case chunks(Int)

  /// Where `metaspace` puts a space.
  enum PrependScheme: String, Sendable {
    case always, never, first
  }

  /// Kinds of characters.
  enum CharacterKind: Sendable {
    case whitespace, number, punctuation
    case scalar(Unicode.Scalar)

    func contains(_ scalar: Unicode.Scalar) -> Bool {
      switch self {
      case .whitespace: CharacterClass.of(scalar.value).isIn(.whitespace)
      case .number: CharacterClass.of(scalar.value) == .number
      case .punctuation: Self.isPunctuation(scalar)
      case .scalar(let other): scalar == other
      }
    }

    /// Punctuation as of Unicode 8, which is what the `tokenizers` library knows: later versions have
    /// added some, and made two characters symbols.
    private static func isPunctuation(_ scalar: Unicode.Scalar) -> Bool {
      if scalar == "\u{166D}" || scalar == "\u{111C9}" { return true }
      let kind = CharacterClass.of(scalar.value)
      guard scalar.value >= 0x80 else { return kind == .punctuation || kind == .symbol }
      return kind == .punctuation && (scalar.properties.age?.major ?? 0) <= 8
    }
  }

  /// Cuts all parts.
  func apply(_ parts: inout TextParts) {
    switch self {
    case .pattern(let matcher, let behavior, let isInverted):
      cut(&parts, behavior, isInverted: isInverted) { matcher.matches(in: $0) }
    case .known(let preTokenizer):
      var ranges: [Range<Int>] = []
      ranges.reserveCapacity(parts.bytes.count / 4)
      var ends: [Int] = []
      for range in parts.ranges {
        ends.removeAll(keepingCapacity: true)
        preTokenizer.split(parts.bytes.span.extracting(range), into: &ends)
        var start = range.lowerBound
        for end in ends {
          ranges.append(start..<range.lowerBound + end)
          start = range.lowerBound + end
        }
      }
      parts.ranges = ranges
    case .characters(let kind, let behavior):
      cut(&parts, behavior, isInverted: false) { Self.matches(of: kind, in: $0) }
    case .spacePrefix:
      rewrite(&parts) { part, _ in part.first == 0x20 ? part : [0x20] + part }
    case .metaspace(let replacement, let scheme, let splits):
      let startsText = parts.startsText
      rewrite(&parts) { part, isFirst in
        var text: [UInt8] = []
        for byte in part {
          if byte == 0x20 { text += replacement } else { text.append(byte) }
        }
        let prepends = scheme == .always || scheme == .first && isFirst && startsText
        return prepends && !text.starts(with: replacement) ? replacement + text : text
      }
      guard splits else { return }
      cut(&parts, .mergedWithNext, isInverted: false) { part in
        PatternMatcher.occurrences(of: replacement, in: part)
      }
    case .words:
      var ranges: [Range<Int>] = []
      for range in parts.ranges {
        Self.appendWords(of: parts.bytes.span.extracting(range), range.lowerBound, to: &ranges)
      }
      parts.ranges = ranges
    case .chunks(let length):
      var ranges: [Range<Int>] = []
      for range in parts.ranges {
        Self.appendChunks(
          of: length, parts.bytes.span.extracting(range), range.lowerBound, to: &ranges)
      }
      parts.ranges = ranges
    }
  }

  private static func appendChunks(
    of length: Int, _ text: Span<UInt8>, _ offset: Int, to ranges: inout [Range<Int>]
  ) {
    var start = 0
    var count = 0
    for index in text.indices where text[index] & 0xC0 != 0x80 {
      if count == length {
        ranges.append(offset + start..<offset + index)
        (start, count) = (index, 0)
      }
      count += 1
    }
    if start < text.count { ranges.append(offset + start..<offset + text.count) }
  }

  private func rewrite(
    _ parts: inout TextParts, _ body: (ArraySlice<UInt8>, _ isFirst: Bool) -> ArraySlice<UInt8>
  ) {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(parts.bytes.count + parts.bytes.count / 2 + 4)
    var ranges: [Range<Int>] = []
    for (number, range) in parts.ranges.enumerated() {
      let start = bytes.count
      bytes += body(parts.bytes[range], number == 0)
      ranges.append(start..<bytes.count)
    }
    parts.bytes = bytes
    parts.ranges = ranges
  }

  private func rewrite(
    _ parts: inout TextParts, _ body: (ArraySlice<UInt8>, _ isFirst: Bool) -> [UInt8]
  ) {
    rewrite(&parts) { part, isFirst -> ArraySlice<UInt8> in
      let text: [UInt8] = body(part, isFirst)
      return text[...]
    }
  }

  /// Cuts parts by the matches in each.
  private func cut(
    _ parts: inout TextParts, _ behavior: SplitBehavior, isInverted: Bool,
    _ matches: (Span<UInt8>) -> [Range<Int>]
  ) {
    var ranges: [Range<Int>] = []
    for range in parts.ranges {
      // The stretches of the part, in order, and whether they match.
      var stretches: [(range: Range<Int>, isMatch: Bool)] = []
      var index = range.lowerBound
      for match in matches(parts.bytes.span.extracting(range)) {
        let start = range.lowerBound + match.lowerBound
        if start > index { stretches.append((index..<start, isInverted)) }
        index = range.lowerBound + match.upperBound
        stretches.append((start..<index, !isInverted))
      }
      if index < range.upperBound { stretches.append((index..<range.upperBound, isInverted)) }
      Self.append(stretches, behavior, to: &ranges)
    }
    parts.ranges = ranges
  }

  private static func append(
    _ stretches: [(range: Range<Int>, isMatch: Bool)], _ behavior: SplitBehavior,
    to ranges: inout [Range<Int>]
  ) {
    switch behavior {
    case .isolated: ranges += stretches.map(\.range)
    case .removed: ranges += stretches.filter { !$0.isMatch }.map(\.range)
    case .contiguous:
      var last: Bool?
      for (range, isMatch) in stretches {
        if let previous = ranges.last, last == isMatch {
          ranges[ranges.count - 1] = previous.lowerBound..<range.upperBound
        } else {
          ranges.append(range)
        }
        last = isMatch
      }
    case .mergedWithPrevious:
      var lastWasMatch = true
      for (range, isMatch) in stretches {
        if isMatch, !lastWasMatch, let previous = ranges.last {
          ranges[ranges.count - 1] = previous.lowerBound..<range.upperBound
        } else {
          ranges.append(range)
        }
        lastWasMatch = isMatch
      }
    case .mergedWithNext:
      var pending: Range<Int>?
      for (range, isMatch) in stretches {
        if isMatch {
          if let pending { ranges.append(pending) }
          pending = range
        } else {
          ranges.append((pending?.lowerBound ?? range.lowerBound)..<range.upperBound)
          pending = nil
        }
      }
      if let pending { ranges.append(pending) }
    }
  }

  private static func matches(of kind: CharacterKind, in text: Span<UInt8>) -> [Range<Int>] {
    var matches: [Range<Int>] = []
    var index = 0
    while index < text.count {
      let (value, length) = CharacterClass.scalar(at: index, in: text)
      if let scalar = Unicode.Scalar(value), kind.contains(scalar) {
        matches.append(index..<index + length)
      }
      index += length
    }
    return matches
  }

  private static func appendWords(
    of text: Span<UInt8>, _ offset: Int, to ranges: inout [Range<Int>]
  ) {
    var index = 0
    var start: Int?
    var isInWord = false
    while index < text.count {
      let (value, length) = CharacterClass.scalar(at: index, in: text)
      let scalar = Unicode.Scalar(value) ?? "\u{FFFD}"
      let isWord = PatternSet.isWord(scalar)
      if let first = start, scalar.properties.isWhitespace || isWord != isInWord {
        ranges.append(offset + first..<offset + index)
        start = nil
      }
      if !scalar.properties.isWhitespace, start == nil {
        start = index
        isInWord = isWord
      }
      index += length
    }
    if let start { ranges.append(offset + start..<offset + index) }
  }
}

extension PatternMatcher {
  /// Where a text occurs in another, from the left.
  static func occurrences(of needle: [UInt8], in text: Span<UInt8>) -> [Range<Int>] {
    var result: [Range<Int>] = []
    guard let first = needle.first else { return result }
    var index = 0
    while index + needle.count <= text.count {
      if text[index] == first, needle.indices.allSatisfy({ text[index + $0] == needle[$0] }) {
        result.append(index..<index + needle.count)
        index += needle.count
      } else {
        index += 1
      }
    }
    return result
  }
}
