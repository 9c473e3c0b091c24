/// Reads GBNF text.
struct GrammarParser {
  private let bytes: [UInt8]
  private var position = 0
  private var grammar = Grammar()
  private var ruleNumbers: [String: Int] = [:]
  /// Rules that have been used or defined, and where first.
  private var mentions: [Grammar.Location] = []
  private var isDefined: [Bool] = []

  private let lineStarts: [Int]

  init(_ text: String) {
    let bytes = Array(text.utf8)
    self.bytes = bytes
    lineStarts = [0] + bytes.indices.filter { bytes[$0] == UInt8(ascii: "\n") }.map { $0 + 1 }
  }

  mutating func parse(root: String) throws(GrammarError) -> Grammar {
    skipSpace(acrossLines: true)
    while position < bytes.count { try parseRule() }
    for (index, defined) in isDefined.enumerated() where !defined {
      throw error(
        .undefinedRule, "there is no rule “\(grammar.rules[index].name)”", at: mentions[index])
    }
    guard let number = ruleNumbers[root] else {
      throw error(.undefinedRule, "the grammar needs a rule “\(root)”")
    }
    grammar.root = number
    return grammar
  }

  // MARK: Rules

  private mutating func parseRule() throws(GrammarError) {
    let start = location(position)
    let number = rule(named: try parseName(), at: start)
    skipSpace(acrossLines: false)
    guard bytes[position...].starts(with: "::=".utf8) else {
      throw error(.syntax, "expected “::=” after the name of a rule")
    }
    position += 3
    skipSpace(acrossLines: true)
    // A later definition replaces an earlier one.
    grammar.rules[number].location = start
    isDefined[number] = true
    let alternatives = try parseAlternatives(depth: 0)
    try store(alternatives, in: number)
    guard position < bytes.count else { return }
    guard bytes[position] == UInt8(ascii: "\n") || bytes[position] == UInt8(ascii: "\r") else {
      throw error(.syntax, "expected a line break after the rule")
    }
    skipSpace(acrossLines: true)
  }

  private mutating func rule(named name: String, at location: Grammar.Location) -> Int {
    if let number = ruleNumbers[name] { return number }
    let number = addRule(named: name, at: location)
    ruleNumbers[name] = number
    return number
  }

  private mutating func addRule(named name: String, at location: Grammar.Location) -> Int {
    grammar.rules.append(Grammar.Rule(name: name, location: location, alternatives: []))
    mentions.append(location)
    isDefined.append(false)
    return grammar.rules.count - 1
  }

  private mutating func store(
    _ alternatives: [[Grammar.Element]], in rule: Int
  ) throws(GrammarError) {
    grammar.rules[rule].alternatives = []
    for sequence in alternatives {
      grammar.rules[rule].alternatives.append(grammar.elements.count)
      grammar.elements += sequence
      grammar.elements.append(.end)
    }
    guard grammar.elements.count <= Grammar.maximumElements else {
      throw error(
        .tooLarge, "the grammar has more than \(Grammar.maximumElements) characters and names")
    }
  }

  private mutating func parseAlternatives(
    depth: Int
  ) throws(GrammarError) -> [[Grammar.Element]] {
    guard depth <= Grammar.maximumNesting else {
      throw error(.tooLarge, "groups nest deeper than \(Grammar.maximumNesting)")
    }
    var alternatives = [try parseSequence(depth: depth)]
    while byte == UInt8(ascii: "|") {
      position += 1
      skipSpace(acrossLines: true)
      alternatives.append(try parseSequence(depth: depth))
    }
    return alternatives
  }

  private mutating func parseSequence(depth: Int) throws(GrammarError) -> [Grammar.Element] {
    var sequence: [Grammar.Element] = []
    var last = 0
    while let byte {
      let start = location(position)
      switch byte {
      case UInt8(ascii: "\""):
        last = sequence.count
        sequence += try parseLiteral()
      case UInt8(ascii: "["):
        last = sequence.count
        sequence.append(.characters(try parseClass()))
      case UInt8(ascii: "."):
        last = sequence.count
        position += 1
        sequence.append(.characters(.all))
      case UInt8(ascii: "<"), UInt8(ascii: "!"):
        last = sequence.count
        sequence.append(try parseToken())
      case UInt8(ascii: "("):
        last = sequence.count
        position += 1
        skipSpace(acrossLines: true)
        let alternatives = try parseAlternatives(depth: depth + 1)
        guard self.byte == UInt8(ascii: ")") else { throw error(.syntax, "expected “)”") }
        position += 1
        sequence.append(.rule(try addGroup(alternatives, at: start)))
      case _ where Self.isNameByte(byte):
        last = sequence.count
        sequence.append(.rule(rule(named: try parseName(), at: start)))
      case UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "?"), UInt8(ascii: "{"):
        guard last < sequence.count else {
          throw error(.syntax, "there is nothing before the repetition that it could repeat")
        }
        let bounds = try parseRepetition(acrossLines: depth > 0)
        let group = try addGroup([Array(sequence[last...])], at: start)
        sequence.replaceSubrange(
          last..., with: [.repetition(group, minimum: bounds.0, maximum: bounds.1)])
      default: return sequence
      }
      skipSpace(acrossLines: depth > 0)
    }
    return sequence
  }

  private mutating func addGroup(
    _ alternatives: [[Grammar.Element]], at location: Grammar.Location
  ) throws(GrammarError) -> Int {
    if alternatives.count == 1, alternatives[0].count == 1,
      case .rule(let rule) = alternatives[0][0]
    {
      return rule
    }
    let number = addRule(named: "a group", at: location)
    isDefined[number] = true
    try store(alternatives, in: number)
    return number
  }

  private mutating func parseRepetition(
    acrossLines: Bool
  ) throws(GrammarError) -> (Int, Int?) {
    let operation = byte
    position += 1
    switch operation {
    case UInt8(ascii: "*"): return (0, nil)
    case UInt8(ascii: "+"): return (1, nil)
    case UInt8(ascii: "?"): return (0, 1)
    default: break
    }
    skipSpace(acrossLines: acrossLines)
    let minimum = try parseInteger(atMost: Grammar.maximumRepetitions)
    var maximum: Int? = minimum
    skipSpace(acrossLines: acrossLines)
    if byte == UInt8(ascii: ",") {
      position += 1
      skipSpace(acrossLines: acrossLines)
      maximum = nil
      if let byte, Self.digit(byte, base: 10) != nil {
        maximum = try parseInteger(atMost: Grammar.maximumRepetitions)
        skipSpace(acrossLines: acrossLines)
      }
    }
    guard byte == UInt8(ascii: "}") else { throw error(.syntax, "expected “}”") }
    position += 1
    if let maximum, maximum < minimum {
      throw error(.syntax, "the most repetitions are fewer than the least")
    }
    return (minimum, maximum)
  }

  // MARK: Characters

  private mutating func parseLiteral() throws(GrammarError) -> [Grammar.Element] {
    let start = location(position)
    position += 1
    var elements: [Grammar.Element] = []
    while let byte, byte != UInt8(ascii: "\"") {
      let scalar = try parseCharacter()
      elements.append(.characters(ScalarSet(scalar...scalar)))
    }
    guard byte != nil else { throw error(.syntax, "the text in quotes does not end", at: start) }
    position += 1
    return elements
  }

  private mutating func parseClass() throws(GrammarError) -> ScalarSet {
    let start = location(position)
    position += 1
    let isNegated = byte == UInt8(ascii: "^")
    if isNegated { position += 1 }
    var ranges: [ClosedRange<UInt32>] = []
    while let byte, byte != UInt8(ascii: "]") {
      let place = location(position)
      let first = try parseCharacter()
      var last = first
      if self.byte == UInt8(ascii: "-"), position + 1 < bytes.count,
        bytes[position + 1] != UInt8(ascii: "]")
      {
        position += 1
        last = try parseCharacter()
      }
      guard first <= last else {
        throw error(.syntax, "the range of characters ends before it begins", at: place)
      }
      ranges.append(first...last)
    }
    guard byte != nil else {
      throw error(.syntax, "the class of characters does not end", at: start)
    }
    position += 1
    let set = ScalarSet(ranges)
    let result = isNegated ? set.complement : set
    guard !result.isEmpty else {
      throw error(.syntax, "the class contains no character", at: start)
    }
    return result
  }

  private mutating func parseCharacter() throws(GrammarError) -> UInt32 {
    guard let byte else { throw error(.syntax, "expected a character") }
    guard byte == UInt8(ascii: "\\") else { return try parseScalar() }
    position += 1
    guard let escape = self.byte else { throw error(.syntax, "expected an escape") }
    let digits: Int
    switch escape {
    case UInt8(ascii: "x"): digits = 2
    case UInt8(ascii: "u"): digits = 4
    case UInt8(ascii: "U"): digits = 8
    default:
      guard let scalar = Self.escapes[escape] else {
        throw error(.syntax, "there is no such escape")
      }
      position += 1
      return scalar
    }
    position += 1
    var value: UInt32 = 0
    for _ in 0..<digits {
      guard let byte = self.byte, let digit = Self.digit(byte, base: 16) else {
        throw error(.syntax, "expected \(digits) hexadecimal digits")
      }
      value = value << 4 | UInt32(digit)
      position += 1
    }
    guard Unicode.Scalar(value) != nil else {
      throw error(.syntax, "the escape does not stand for a character")
    }
    return value
  }

  private mutating func parseScalar() throws(GrammarError) -> UInt32 {
    let lead = bytes[position]
    guard lead >= 0x80 else {
      position += 1
      return UInt32(lead)
    }
    // A string's bytes are always whole characters.
    guard var partial = PartialScalar(lead: lead) else {
      throw error(.syntax, "expected a character")
    }
    position += 1
    while partial.missing > 0 {
      guard let byte, partial.append(byte) else { throw error(.syntax, "expected a character") }
      position += 1
    }
    return partial.bits
  }

  private static let escapes: [UInt8: UInt32] = [
    UInt8(ascii: "t"): 0x09, UInt8(ascii: "r"): 0x0D, UInt8(ascii: "n"): 0x0A,
    UInt8(ascii: "\\"): 0x5C, UInt8(ascii: "\""): 0x22, UInt8(ascii: "["): 0x5B,
    UInt8(ascii: "]"): 0x5D,
  ]

  // MARK: Tokens

  private mutating func parseToken() throws(GrammarError) -> Grammar.Element {
    let start = location(position)
    let isNegated = byte == UInt8(ascii: "!")
    if isNegated { position += 1 }
    guard byte == UInt8(ascii: "<") else { throw error(.syntax, "expected “<” after “!”") }
    position += 1
    let reference: Grammar.TokenReference
    if byte == UInt8(ascii: "[") {
      position += 1
      reference = .id(try parseInteger(atMost: Int(Int32.max)))
      guard byte == UInt8(ascii: "]") else { throw error(.syntax, "expected “]”") }
      position += 1
    } else {
      let name = bytes[position...].prefix { $0 != UInt8(ascii: ">") && $0 != UInt8(ascii: "\n") }
      position = name.endIndex
      reference = .name("<" + String(decoding: name, as: UTF8.self) + ">")
    }
    guard byte == UInt8(ascii: ">") else { throw error(.syntax, "expected “>”") }
    position += 1
    grammar.tokenLocations[reference] = start
    return .token(reference, isNegated: isNegated)
  }

  // MARK: Pieces

  private var byte: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func parseName() throws(GrammarError) -> String {
    let name = bytes[position...].prefix(while: Self.isNameByte)
    guard !name.isEmpty else { throw error(.syntax, "expected the name of a rule") }
    position = name.endIndex
    return String(decoding: name, as: UTF8.self)
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
      true
    default: false
    }
  }

  private mutating func parseInteger(atMost limit: Int) throws(GrammarError) -> Int {
    var value: Int?
    while let byte, let digit = Self.digit(byte, base: 10) {
      let next = (value ?? 0) * 10 + digit
      guard next <= limit else { throw error(.tooLarge, "the number is above \(limit)") }
      value = next
      position += 1
    }
    guard let value else { throw error(.syntax, "expected a number") }
    return value
  }

  private static func digit(_ byte: UInt8, base: Int) -> Int? {
    Character(Unicode.Scalar(byte)).hexDigitValue.flatMap { $0 < base ? $0 : nil }
  }

  private mutating func skipSpace(acrossLines: Bool) {
    while let byte {
      switch byte {
      case UInt8(ascii: " "), UInt8(ascii: "\t"): position += 1
      case UInt8(ascii: "\n"), UInt8(ascii: "\r"):
        guard acrossLines else { return }
        position += 1
      case UInt8(ascii: "#"):
        while let byte = self.byte, byte != UInt8(ascii: "\n"), byte != UInt8(ascii: "\r") {
          position += 1
        }
      default: return
      }
    }
  }

  private func location(_ position: Int) -> Grammar.Location {
    var low = 0
    var high = lineStarts.count
    while low < high {
      let middle = (low + high) / 2
      if lineStarts[middle] <= position { low = middle + 1 } else { high = middle }
    }
    return Grammar.Location(line: low, column: position - lineStarts[low - 1] + 1)
  }

  private func error(
    _ code: GrammarError.Code, _ message: String, at place: Grammar.Location? = nil
  ) -> GrammarError {
    let place = place ?? location(position)
    return GrammarError(code, message, line: place.line, column: place.column)
  }
}
