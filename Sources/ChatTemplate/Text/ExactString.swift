/// A string that equals only a string of the same scalars. Swift's own comparison takes composed
/// and decomposed accents for equal, which templates, and the tokens made of them, do not.
struct ExactString: Hashable {
  let text: String

  init(_ text: String) { self.text = text }

  static func == (left: ExactString, right: ExactString) -> Bool {
    left.text.isExactly(right.text)
  }

  func hash(into hasher: inout Hasher) {
    for byte in text.utf8 { hasher.combine(byte) }
    hasher.combine(0xFF as UInt8)
  }
}

extension String {
  /// Whether both consist of the same scalars.
  func isExactly(_ other: String) -> Bool {
    utf8.count == other.utf8.count && utf8.elementsEqual(other.utf8)
  }

  /// Whether this comes before `other` in the order of scalars, which is that of UTF-8's bytes.
  func precedes(_ other: String) -> Bool { utf8.lexicographicallyPrecedes(other.utf8) }

  /// How many scalars there are.
  var scalarCount: Int {
    var count = 0
    for byte in utf8 where byte & 0xC0 != 0x80 { count += 1 }
    return count
  }

  /// The bytes of UTF-8.
  var bytes: [UInt8] { Array(utf8) }
}

extension Unicode.Scalar {
  /// What Python counts as white space.
  var isPythonSpace: Bool {
    switch value {
    case 0x20, 0x09...0x0D, 0x1C...0x1F: true
    case 0..<0x80: false
    default: value == 0x85 || (properties.isWhitespace && value != 0x180E)
    }
  }

  /// Whether it may be part of a name.
  var isWord: Bool {
    switch value {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F: true
    case 0..<0x80: false
    default: isPythonLetter || properties.numericType != nil
    }
  }

  /// Python's `isalpha` of one character.
  var isPythonLetter: Bool {
    switch properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: true
    default: false
    }
  }
}
