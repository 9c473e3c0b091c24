/// What the pre-tokenizers' regular expressions tell apart: sets of character classes. Each
/// character is of exactly one class, and the end of a text of none.
struct CharacterClass: OptionSet, Sendable {
  let rawValue: UInt16

  /// `\p{Lu}` and `\p{Lt}`.
  static let upper = CharacterClass(rawValue: 1 << 0)
  /// `\p{Ll}`.
  static let lower = CharacterClass(rawValue: 1 << 1)
  /// `\p{Lm}` and `\p{Lo}`, but for ``ideograph``.
  static let caseless = CharacterClass(rawValue: 1 << 2)
  /// The letters of the Han script.
  static let ideograph = CharacterClass(rawValue: 1 << 3)
  /// `\p{M}`.
  static let mark = CharacterClass(rawValue: 1 << 4)
  /// `\p{N}`.
  static let number = CharacterClass(rawValue: 1 << 5)
  /// `\p{P}`.
  static let punctuation = CharacterClass(rawValue: 1 << 6)
  /// `\p{S}`.
  static let symbol = CharacterClass(rawValue: 1 << 7)
  /// `[\r\n]`.
  static let newline = CharacterClass(rawValue: 1 << 8)
  /// Any other `\s`: the Unicode property White_Space.
  static let space = CharacterClass(rawValue: 1 << 9)
  /// Anything else: control and format characters, and what is not assigned.
  static let other = CharacterClass(rawValue: 1 << 10)

  /// `\p{L}`.
  static let letter: CharacterClass = [.upper, .lower, .caseless, .ideograph]
  /// `\s`.
  static let whitespace: CharacterClass = [.newline, .space]
  /// `[^\s\p{L}\p{N}]`.
  static let signs: CharacterClass = [.mark, .punctuation, .symbol, .other]
  /// Any character.
  static let any = CharacterClass(rawValue: (1 << 11) - 1)

  /// Whether a character of this class is in a set.
  @inline(__always)
  func isIn(_ set: CharacterClass) -> Bool { rawValue & set.rawValue != 0 }
}

extension CharacterClass {
  /// The classes of the characters below U+10000.
  private static let table: [CharacterClass] = (0..<0x10000).map { value in
    Unicode.Scalar(UInt32(value)).map { of($0) } ?? .other
  }

  /// The class of the character that starts at a byte, and its length in bytes.
  @inline(__always)
  static func at(_ index: Int, in text: Span<UInt8>) -> (kind: CharacterClass, length: Int) {
    guard index < text.count else { return ([], 0) }
    let byte = text[index]
    guard byte < 0x80 else {
      let (value, length) = scalar(at: index, in: text)
      return (of(value), length)
    }
    return (table[Int(byte)], 1)
  }

  /// The class of a scalar value.
  static func of(_ value: UInt32) -> CharacterClass {
    if value < 0x10000 { return table[Int(value)] }
    return Unicode.Scalar(value).map { of($0) } ?? .other
  }

  /// The scalar value that starts at a byte, and its length in bytes; U+FFFD where it is malformed.
  static func scalar(at index: Int, in text: Span<UInt8>) -> (value: UInt32, length: Int) {
    let lead = text[index]
    if lead < 0x80 { return (UInt32(lead), 1) }
    let length = utf8Length(lead)
    guard length > 1, index + length <= text.count else { return (0xFFFD, 1) }
    var value = UInt32(lead) & (0x7F >> UInt32(length))
    for offset in 1..<length {
      let byte = text[index + offset]
      guard byte & 0xC0 == 0x80 else { return (0xFFFD, 1) }
      value = value << 6 | UInt32(byte & 0x3F)
    }
    return (value, length)
  }

  private static func of(_ scalar: Unicode.Scalar) -> CharacterClass {
    if scalar == "\n" || scalar == "\r" { return .newline }
    return switch scalar.properties.generalCategory {
    case .uppercaseLetter, .titlecaseLetter: .upper
    case .lowercaseLetter: .lower
    case .modifierLetter: .caseless
    case .otherLetter: isHan(scalar.value) ? .ideograph : .caseless
    case .nonspacingMark, .spacingMark, .enclosingMark: .mark
    case .decimalNumber, .letterNumber, .otherNumber: .number
    case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation,
      .initialPunctuation, .finalPunctuation, .otherPunctuation:
      .punctuation
    case .mathSymbol, .currencySymbol, .modifierSymbol, .otherSymbol: .symbol
    case .spaceSeparator, .lineSeparator, .paragraphSeparator: .space
    default: scalar.properties.isWhitespace ? .space : .other
    }
  }

  /// The blocks of Han ideographs (Unicode 16, table 18-1).
  private static func isHan(_ value: UInt32) -> Bool {
    switch value {
    case 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xF900...0xFAFF, 0x20000...0x2A6DF, 0x2A700...0x2B73F,
      0x2B740...0x2B81F, 0x2B820...0x2CEAF, 0x2CEB0...0x2EBEF, 0x2F800...0x2FA1F:
      true
    default: false
    }
  }
}

/// The length of the UTF-8 sequence that a byte starts; 1 where it starts none.
@inline(__always)
func utf8Length(_ lead: UInt8) -> Int {
  switch lead {
  case 0xC2...0xDF: 2
  case 0xE0...0xEF: 3
  case 0xF0...0xF4: 4
  default: 1
  }
}
