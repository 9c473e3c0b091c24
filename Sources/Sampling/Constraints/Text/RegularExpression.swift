/// A regular expression in the part of ECMAScript's syntax (ECMA-262) that describes regular sets:
/// characters, `.`, classes, `\d \w \s` and their negations, groups, alternatives, repetition, `^` and
/// `$`. Look-around, word boundaries, back references and Unicode properties are refused.
struct RegularExpression {
  /// A part of an expression.
  indirect enum Node {
    case empty
    case characters(ScalarSet)
    case sequence([Node])
    case alternatives([Node])
    case repetition(Node, minimum: Int, maximum: Int?)
    case start
    case end
  }

  /// Why an expression was refused.
  struct Failure: Error {
    var message: String
    /// The place, in characters from 0.
    var offset: Int
  }

  private let scalars: [UInt32]
  private var position = 0

  /// How deep groups may nest.
  static let maximumNesting = 100
  /// The most repetitions that can be asked for.
  static let maximumRepetitions = 10_000

  /// Reads an expression.
  static func parse(_ text: JSONText) throws(Failure) -> Node {
    var parser = RegularExpression(scalars: text.scalars)
    let node = try parser.alternatives(depth: 0)
    guard parser.position == parser.scalars.count else {
      throw parser.failure("there is no group that this parenthesis ends")
    }
    return node
  }

  private init(scalars: [UInt32]) { self.scalars = scalars }

  private var next: Character? {
    position < scalars.count
      ? Unicode.Scalar(scalars[position]).map(Character.init) : nil
  }

  private mutating func take(_ text: String) -> Bool {
    let wanted = text.unicodeScalars.map(\.value)
    guard scalars[position...].starts(with: wanted) else { return false }
    position += wanted.count
    return true
  }

  private func failure(_ message: String) -> Failure {
    Failure(message: message, offset: position)
  }

  private mutating func alternatives(depth: Int) throws(Failure) -> Node {
    guard depth <= Self.maximumNesting else {
      throw failure("groups nest deeper than \(Self.maximumNesting)")
    }
    var list = [try sequence(depth: depth)]
    while take("|") { list.append(try sequence(depth: depth)) }
    return list.count == 1 ? list[0] : .alternatives(list)
  }

  private mutating func sequence(depth: Int) throws(Failure) -> Node {
    var list: [Node] = []
    while let next, next != "|", next != ")" {
      let atom = try atom(depth: depth)
      list.append(try repeated(atom))
    }
    return list.count == 1 ? list[0] : list.isEmpty ? .empty : .sequence(list)
  }

  private mutating func repeated(_ atom: Node) throws(Failure) -> Node {
    let bounds: (Int, Int?)
    switch next {
    case "*": bounds = (0, nil)
    case "+": bounds = (1, nil)
    case "?": bounds = (0, 1)
    case "{":
      guard let counts = try counts() else { return atom }
      bounds = counts
      position -= 1
    default: return atom
    }
    switch atom {
    case .start, .end: throw failure("an anchor cannot be repeated")
    default: break
    }
    position += 1
    // How much is taken first makes no difference to which texts match.
    _ = take("?")
    if let next, "*+?".contains(next) { throw failure("there is nothing to repeat") }
    return .repetition(atom, minimum: bounds.0, maximum: bounds.1)
  }

  /// The counts in braces, or `nil` where the braces are not a repetition.
  private mutating func counts() throws(Failure) -> (Int, Int?)? {
    let start = position
    position += 1
    guard let minimum = try integer() else {
      position = start
      throw failure("a brace that is a character needs a backslash")
    }
    var maximum: Int? = minimum
    if take(",") { maximum = try integer() }
    guard take("}") else {
      position = start
      throw failure("a brace that is a character needs a backslash")
    }
    if let maximum, maximum < minimum {
      throw failure("the most repetitions are fewer than the least")
    }
    return (minimum, maximum)
  }

  private mutating func integer() throws(Failure) -> Int? {
    var value: Int?
    while let digit = next?.wholeNumberValue, next?.isASCII ?? false {
      value = (value ?? 0) * 10 + digit
      if value ?? 0 > Self.maximumRepetitions {
        throw failure("more than \(Self.maximumRepetitions) repetitions")
      }
      position += 1
    }
    return value
  }

  private mutating func atom(depth: Int) throws(Failure) -> Node {
    switch next {
    case "^":
      position += 1
      return .start
    case "$":
      position += 1
      return .end
    case ".":
      position += 1
      return .characters(Self.lineBreaks.complement)
    case "(":
      position += 1
      try groupKind()
      let node = try alternatives(depth: depth + 1)
      guard take(")") else { throw failure("expected “)”") }
      return node
    case "[":
      position += 1
      return .characters(try characterClass())
    case "\\":
      position += 1
      if next == "b" || next == "B" { throw failure("word boundaries are not supported") }
      return .characters(try escape(inClass: false))
    case "*", "+", "?", "{": throw failure("there is nothing to repeat")
    case "}", "]":
      throw failure("a bracket that is a character needs a backslash")
    default:
      let scalar = scalars[position]
      position += 1
      return .characters(ScalarSet(scalar...scalar))
    }
  }

  private mutating func groupKind() throws(Failure) {
    guard take("?") else { return }
    if take(":") { return }
    guard take("<"), next != "=", next != "!" else {
      throw failure("look-around is not supported")
    }
    while let next, next != ">" { position += 1 }
    guard take(">") else { throw failure("expected “>” after the name of the group") }
  }

  private mutating func characterClass() throws(Failure) -> ScalarSet {
    let isNegated = take("^")
    var set = ScalarSet([])
    while next != "]" {
      guard next != nil else { throw failure("the class of characters does not end") }
      let first = try classAtom()
      if next == "-", position + 1 < scalars.count, scalars[position + 1] != 0x5D,
        let low = first.only
      {
        position += 1
        guard let high = try classAtom().only, low <= high else {
          throw failure("the range of characters is not one")
        }
        set = set.union(ScalarSet(low...high))
      } else {
        set = set.union(first)
      }
    }
    position += 1
    return isNegated ? set.complement : set
  }

  private mutating func classAtom() throws(Failure) -> ScalarSet {
    if take("\\") { return try escape(inClass: true) }
    guard position < scalars.count else { throw failure("the class of characters does not end") }
    let scalar = scalars[position]
    position += 1
    return ScalarSet(scalar...scalar)
  }

  private mutating func escape(inClass: Bool) throws(Failure) -> ScalarSet {
    guard let letter = next else { throw failure("expected an escape") }
    position += 1
    func one(_ scalar: UInt32) -> ScalarSet { ScalarSet(scalar...scalar) }
    switch letter {
    case "d": return Self.digits
    case "D": return Self.digits.complement
    case "w": return Self.wordCharacters
    case "W": return Self.wordCharacters.complement
    case "s": return Self.spaces
    case "S": return Self.spaces.complement
    case "t": return one(0x09)
    case "n": return one(0x0A)
    case "v": return one(0x0B)
    case "f": return one(0x0C)
    case "r": return one(0x0D)
    case "b" where inClass: return one(0x08)
    case "0":
      if let next, next.isASCII, next.isNumber { throw failure("octal escapes are not supported") }
      return one(0)
    case "c":
      guard let letter = next, letter.isASCII, letter.isLetter, let value = letter.asciiValue else {
        throw failure("expected a letter after \\c")
      }
      position += 1
      return one(UInt32(value & 31))
    case "x": return one(try hexadecimal(2))
    case "u":
      if take("{") {
        var value: UInt32 = 0
        while !take("}") {
          value = value << 4 | (try hexadecimal(1))
          guard value <= 0x10FFFF else { throw failure("the escape is not a character") }
        }
        return one(value)
      }
      let unit = try hexadecimal(4)
      if (0xD800...0xDBFF).contains(unit), take("\\u") {
        let low = try hexadecimal(4)
        guard (0xDC00...0xDFFF).contains(low) else {
          throw failure("the escape is half a surrogate pair")
        }
        return one(0x10000 + (unit - 0xD800) << 10 + low - 0xDC00)
      }
      guard Unicode.Scalar(unit) != nil else {
        throw failure("the escape is half a surrogate pair")
      }
      return one(unit)
    case "p", "P": throw failure("Unicode properties are not supported")
    case "k": throw failure("back references are not supported")
    default:
      if letter.isASCII, letter.isNumber { throw failure("back references are not supported") }
      guard !letter.isASCII || !letter.isLetter else { throw failure("there is no such escape") }
      return one(scalars[position - 1])
    }
  }

  private mutating func hexadecimal(_ count: Int) throws(Failure) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<count {
      guard let digit = next?.hexDigitValue, next?.isASCII ?? false else {
        throw failure("expected a hexadecimal digit")
      }
      value = value << 4 | UInt32(digit)
      position += 1
    }
    return value
  }

  private static let digits = ScalarSet(0x30...0x39)
  private static let wordCharacters = ScalarSet([
    0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A,
  ])
  private static let lineBreaks = ScalarSet([0x0A...0x0A, 0x0D...0x0D, 0x2028...0x2029])
  /// White space and line breaks of ECMA-262.
  private static let spaces = ScalarSet([
    0x09...0x0D, 0x20...0x20, 0xA0...0xA0, 0x1680...0x1680, 0x2000...0x200A, 0x2028...0x2029,
    0x202F...0x202F, 0x205F...0x205F, 0x3000...0x3000, 0xFEFF...0xFEFF,
  ])
}

extension ScalarSet {
  /// The only member, if there is one alone.
  fileprivate var only: UInt32? {
    guard ranges.count == 1, let range = ranges.first, range.count == 1 else { return nil }
    return range.lowerBound
  }
}
