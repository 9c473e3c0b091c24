/// What the pre-tokenizers' regular expressions tell apart.
enum CharacterClass {
  /// `\p{L}`.
  case letter
  /// `\p{N}`.
  case number
  /// `[\r\n]`.
  case newline
  /// Any other `\s`: the Unicode property White_Space.
  case space
  /// Anything else.
  case other
  /// There is no character.
  case end
}

extension CharacterClass {
  /// Whether it is `\s`.
  var isWhitespace: Bool { self == .space || self == .newline }

  /// The class of the character that starts at a byte, and its length in bytes.
  @inline(__always)
  static func at(_ index: Int, in text: Span<UInt8>) -> (kind: CharacterClass, length: Int) {
    guard index < text.count else { return (.end, 0) }
    let byte = text[index]
    guard byte < 0x80 else { return ofNonASCII(at: index, in: text) }
    return switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): (.letter, 1)
    case UInt8(ascii: "0")...UInt8(ascii: "9"): (.number, 1)
    case 0x0A, 0x0D: (.newline, 1)
    case 0x20, 0x09, 0x0B, 0x0C: (.space, 1)
    default: (.other, 1)
    }
  }

  @inline(never)
  private static func ofNonASCII(
    at index: Int, in text: Span<UInt8>
  ) -> (kind: CharacterClass, length: Int) {
    let length = utf8Length(text[index])
    guard length > 1, index + length <= text.count else { return (.other, 1) }
    var value = UInt32(text[index]) & (0x7F >> UInt32(length))
    for offset in 1..<length {
      let byte = text[index + offset]
      guard byte & 0xC0 == 0x80 else { return (.other, 1) }
      value = value << 6 | UInt32(byte & 0x3F)
    }
    // The letters of most text outside Europe, without a search in Unicode's tables.
    if (0x4E00...0x9FA5).contains(value) || (0xAC00...0xD7A3).contains(value) {
      return (.letter, length)
    }
    guard let scalar = Unicode.Scalar(value) else { return (.other, 1) }
    return (of(scalar), length)
  }

  private static func of(_ scalar: Unicode.Scalar) -> CharacterClass {
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter:
      .letter
    case .decimalNumber, .letterNumber, .otherNumber: .number
    case .spaceSeparator, .lineSeparator, .paragraphSeparator: .space
    // The one control character above ASCII that is white space.
    case .control: scalar.value == 0x85 ? .space : .other
    default: .other
    }
  }
}

/// Steps that the expressions of several families share. All take and give byte offsets.
enum Scan {
  /// The end of the longest run of characters of one class, which may be empty.
  @inline(__always)
  static func run(of kind: CharacterClass, in text: Span<UInt8>, from start: Int) -> Int {
    var index = start
    while true {
      let next = CharacterClass.at(index, in: text)
      guard next.kind == kind else { return index }
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
    while next.kind.isWhitespace {
      last = index
      index += next.length
      if next.kind == .newline { afterNewline = index }
      next = CharacterClass.at(index, in: text)
    }
    if newlineWins, let afterNewline { return afterNewline }
    return next.kind == .end || last == start ? index : last
  }

  /// The length of one of `'s 't 'm 'd 're 've 'll`, or 0.
  static func contraction(in text: Span<UInt8>, at index: Int, ignoringCase: Bool) -> Int {
    guard text[index] == UInt8(ascii: "'"), index + 1 < text.count else { return 0 }
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
}
