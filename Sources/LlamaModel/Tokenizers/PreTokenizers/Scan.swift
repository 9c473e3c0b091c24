/// Steps that the patterns of several families share. All take and give byte offsets.
enum Scan {
  /// The end of the longest run of characters of some classes, which may be empty.
  @inline(__always)
  static func run(of set: CharacterClass, in text: Span<UInt8>, from start: Int) -> Int {
    var index = start
    while true {
      let next = CharacterClass.at(index, in: text)
      guard next.kind.isIn(set) else { return index }
      index += next.length
    }
  }

  /// The end of `\s+(?!\S)|\s+`: a run of white space but, if a word follows, for its last
  /// character, unless it is the only one. There must be white space at `start`.
  ///
  /// - Parameter newlineWins: Whether `\s*[\r\n]+` comes before: the run then ends after its last
  ///   newline, if it has one.
  static func whitespace(in text: Span<UInt8>, from start: Int, newlineWins: Bool) -> Int {
    var index = start
    var last = start
    var afterNewline: Int?
    var next = CharacterClass.at(index, in: text)
    while next.kind.isIn(.whitespace) {
      last = index
      index += next.length
      if next.kind == .newline { afterNewline = index }
      next = CharacterClass.at(index, in: text)
    }
    if newlineWins, let afterNewline { return afterNewline }
    return next.kind == [] || last == start ? index : last
  }

  /// The length of one of `'s 't 'm 'd 're 've 'll`, or 0. Only ASCII letters make one, although
  /// U+017F is an `s` to an engine that ignores case by Unicode's rules.
  static func contraction(in text: Span<UInt8>, at index: Int, ignoringCase: Bool) -> Int {
    guard index + 1 < text.count, text[index] == UInt8(ascii: "'") else { return 0 }
    let fold: UInt8 = ignoringCase ? 0x20 : 0
    let first = letter(text[index + 1], fold)
    switch first {
    case UInt8(ascii: "s"), UInt8(ascii: "t"), UInt8(ascii: "m"), UInt8(ascii: "d"): return 2
    default: break
    }
    guard index + 2 < text.count else { return 0 }
    switch (first, letter(text[index + 2], fold)) {
    case (UInt8(ascii: "r"), UInt8(ascii: "e")), (UInt8(ascii: "v"), UInt8(ascii: "e")),
      (UInt8(ascii: "l"), UInt8(ascii: "l")):
      return 3
    default: return 0
    }
  }

  private static func letter(_ byte: UInt8, _ fold: UInt8) -> UInt8 {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | fold : byte
  }

  /// The end of a run of ASCII letters, which may be empty.
  static func asciiLetters(in text: Span<UInt8>, from start: Int) -> Int {
    var index = start
    while index < text.count, isASCIILetter(text[index]) { index += 1 }
    return index
  }

  private static func isASCIILetter(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
  }
}
