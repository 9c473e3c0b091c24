/// `\s+$`: the white space at the end of a text is a word.
enum TrailingWhitespace {
  static func split(_ text: Span<UInt8>, _ range: Range<Int>, into ends: inout [Int]) {
    var index = range.lowerBound
    var start: Int?
    while index < range.upperBound {
      let (kind, length) = CharacterClass.at(index, in: text)
      if !kind.isIn(.whitespace) {
        start = nil
      } else if start == nil {
        start = index
      }
      index += length
    }
    if let start, start > range.lowerBound { ends.append(start) }
    if !range.isEmpty { ends.append(range.upperBound) }
  }
}

/// `[^\n]+|\n+`: runs of newlines, and what is between them.
struct LineRule: SplitRule {
  func matchEnd(in text: Span<UInt8>, at start: Int) -> Int? {
    let isNewline = text[start] == 0x0A
    var end = start + 1
    while end < text.count, (text[end] == 0x0A) == isNewline { end += 1 }
    return end
  }
}

/// `(?=(\d{3})+(?!\d))`: a border before every third digit from the right, and no other.
enum DigitBorders {
  static func split(_ text: Span<UInt8>, _ range: Range<Int>, into ends: inout [Int]) {
    var index = range.lowerBound
    while index < range.upperBound {
      let start = index
      while index < range.upperBound, (0x30...0x39).contains(text[index]) { index += 1 }
      let first = start + (index - start) % 3
      for border in stride(from: first, to: index, by: 3) where border > range.lowerBound {
        ends.append(border)
      }
      if index == start { index += 1 }
    }
    if !range.isEmpty { ends.append(range.upperBound) }
  }
}

/// Numbers in groups of three from the right, which may start with one or two: 1234567 becomes
/// 1, 234, 567.
struct DigitGroups: Sendable {
  /// Whether numbers are left whole that a letter follows.
  let needBoundary: Bool

  func split(_ text: Span<UInt8>, _ range: Range<Int>, into ends: inout [Int]) {
    let part = text.extracting(range)
    var index = 0
    var wordStart = 0
    var digitEnds: [Int] = []
    while index < part.count {
      var next = CharacterClass.at(index, in: part)
      guard next.kind == .number else {
        index += next.length
        continue
      }
      let start = index
      digitEnds.removeAll(keepingCapacity: true)
      while next.kind == .number {
        index += next.length
        digitEnds.append(index)
        next = CharacterClass.at(index, in: part)
      }
      if needBoundary, Self.isWord(at: index, in: part) { continue }
      if start > wordStart { ends.append(range.lowerBound + start) }
      let lead = digitEnds.count % 3
      if lead > 0 { ends.append(range.lowerBound + digitEnds[lead - 1]) }
      for last in stride(from: lead + 2, to: digitEnds.count, by: 3) {
        ends.append(range.lowerBound + digitEnds[last])
      }
      wordStart = index
    }
    if wordStart < part.count { ends.append(range.upperBound) }
  }

  private static func isWord(at index: Int, in text: Span<UInt8>) -> Bool {
    guard index < text.count else { return false }
    return Unicode.Scalar(CharacterClass.scalar(at: index, in: text).value)
      .map { PatternSet.isWord($0) } ?? false
  }
}

/// `\s{512}(?!\S)|\s{256}(?!\S)|…|\s{4}(?!\S)|\s{1,2}(?!\S)|\s`, for white space without newlines
/// that has been cut from the word after it.
enum WhitespacePowers {
  static func split(_ text: Span<UInt8>, _ range: Range<Int>, into ends: inout [Int]) {
    let end = Scan.run(of: .space, in: text.extracting(range), from: 0)
    guard end == range.count, end > 1 else {
      ends.append(range.upperBound)
      return
    }
    var index = range.lowerBound
    var remaining = 0
    while index < range.upperBound {
      index += CharacterClass.at(index, in: text).length
      remaining += 1
    }
    index = range.lowerBound
    for power in [512, 256, 128, 64, 32, 16, 8, 4, 2, 1] {
      while remaining >= power {
        for _ in 0..<power { index += CharacterClass.at(index, in: text).length }
        ends.append(index)
        remaining -= power
      }
    }
  }
}

/// `<sentinel:[0-9]+>|IMGIMG[A-I]{1,4}Z`: what stands for images in text for the Chameleon models.
struct SentinelRule: SplitRule {
  private static let sentinel = Array("<sentinel:".utf8)
  private static let image = Array("IMGIMG".utf8)

  func matchEnd(in text: Span<UInt8>, at start: Int) -> Int? {
    if Self.hasPrefix(Self.sentinel, text, start) {
      var index = start + Self.sentinel.count
      let digits = index
      while index < text.count, (0x30...0x39).contains(text[index]) { index += 1 }
      if index > digits, index < text.count, text[index] == UInt8(ascii: ">") { return index + 1 }
    }
    if Self.hasPrefix(Self.image, text, start) {
      var index = start + Self.image.count
      let letters = index
      while index < text.count, index < letters + 4,
        (UInt8(ascii: "A")...UInt8(ascii: "I")).contains(text[index])
      { index += 1 }
      if index > letters, index < text.count, text[index] == UInt8(ascii: "Z") { return index + 1 }
    }
    return nil
  }

  private static func hasPrefix(_ prefix: [UInt8], _ text: Span<UInt8>, _ start: Int) -> Bool {
    guard start + prefix.count <= text.count else { return false }
    return prefix.indices.allSatisfy { text[start + $0] == prefix[$0] }
  }
}
