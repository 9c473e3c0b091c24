/// A set of characters in a pattern.
struct PatternSet: Sendable {
  /// A part of a set.
  indirect enum Part: Sendable {
    case range(ClosedRange<UInt32>)
    /// Bits of general categories.
    case categories(UInt32)
    case whitespace
    case word
    case han
    case set(PatternSet)
  }

  var parts: [Part] = []
  var isInverted = false
  /// What the characters must be in, too.
  var intersections: [PatternSet] = []
  /// Whether the case of ASCII letters does not count.
  var ignoresCase = false

  /// Whether a character is in the set.
  func contains(_ scalar: Unicode.Scalar) -> Bool {
    var isFound = parts.contains { Self.matches($0, scalar) }
    if !isFound, ignoresCase, scalar.value < 0x80, scalar.properties.isAlphabetic,
      let other = Unicode.Scalar(scalar.value ^ 0x20)
    {
      isFound = parts.contains { Self.matches($0, other) }
    }
    isFound = isFound && intersections.allSatisfy { $0.contains(scalar) }
    return isFound != isInverted
  }

  private static func matches(_ part: Part, _ scalar: Unicode.Scalar) -> Bool {
    switch part {
    case .range(let range): range.contains(scalar.value)
    case .categories(let mask): mask & bit(of: scalar.properties.generalCategory) != 0
    case .whitespace: scalar.properties.isWhitespace
    case .word: isWord(scalar)
    case .han: CharacterClass.of(scalar.value) == .ideograph
    case .set(let set): set.contains(scalar)
    }
  }

  /// `\w`: letters, marks, digits and connectors.
  static func isWord(_ scalar: Unicode.Scalar) -> Bool {
    let properties = scalar.properties
    return switch properties.generalCategory {
    case .nonspacingMark, .spacingMark, .enclosingMark, .decimalNumber, .connectorPunctuation: true
    default: properties.isAlphabetic || properties.isJoinControl
    }
  }

  private static func bit(of category: Unicode.GeneralCategory) -> UInt32 {
    UInt32(1) << (order.firstIndex(of: category).map { UInt32($0) } ?? 31)
  }

  private static let order: [Unicode.GeneralCategory] = names.map(\.category)

  private static let names: [(name: String, category: Unicode.GeneralCategory)] = [
    ("Lu", .uppercaseLetter), ("Ll", .lowercaseLetter), ("Lt", .titlecaseLetter),
    ("Lm", .modifierLetter), ("Lo", .otherLetter), ("Mn", .nonspacingMark), ("Mc", .spacingMark),
    ("Me", .enclosingMark), ("Nd", .decimalNumber), ("Nl", .letterNumber), ("No", .otherNumber),
    ("Pc", .connectorPunctuation), ("Pd", .dashPunctuation), ("Ps", .openPunctuation),
    ("Pe", .closePunctuation), ("Pi", .initialPunctuation), ("Pf", .finalPunctuation),
    ("Po", .otherPunctuation), ("Sm", .mathSymbol), ("Sc", .currencySymbol),
    ("Sk", .modifierSymbol), ("So", .otherSymbol), ("Zs", .spaceSeparator),
    ("Zl", .lineSeparator), ("Zp", .paragraphSeparator), ("Cc", .control), ("Cf", .format),
    ("Cs", .surrogate), ("Co", .privateUse), ("Cn", .unassigned),
  ]

  /// The characters of a general category, or of those whose names start with one letter, or of the
  /// Han script.
  static func property(_ name: String) -> PatternSet? {
    if name == "Han" || name == "Script=Han" { return PatternSet(parts: [.han]) }
    let mask = names.reduce(UInt32(0)) { mask, entry in
      entry.name == name || entry.name.first.map { String($0) } == name
        ? mask | bit(of: entry.category) : mask
    }
    return mask == 0 ? nil : PatternSet(parts: [.categories(mask)])
  }

  static let whitespace = PatternSet(parts: [.whitespace])
  static let digit = PatternSet(parts: [.categories(bit(of: .decimalNumber))])
  static let word = PatternSet(parts: [.word])
  static let any = PatternSet(parts: [.range(0x0A...0x0A)], isInverted: true)

  /// The set of all others.
  var inverted: PatternSet { PatternSet(parts: [.set(self)], isInverted: true) }
}
