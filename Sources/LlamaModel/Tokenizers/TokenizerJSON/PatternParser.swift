/// What a pattern says.
indirect enum PatternNode: Sendable {
  case set(PatternSet)
  case sequence([PatternNode])
  case choice([PatternNode])
  case loop(PatternNode, minimum: Int, maximum: Int?, isLazy: Bool)
  /// The next character is, or is not, in a set; `nil` for the end of the text.
  case lookahead(PatternSet?, isNegative: Bool)
}

/// Reads regular expressions of the kind that tokenizers use.
///
/// The subset: characters, escapes, `.`, classes with ranges, negation, nesting and `&&`, `\s \d \w`,
/// `\p{…}` for general categories and Han, groups, `(?i:…)`, alternatives, the quantifiers
/// `* + ? {m,n}` greedy or lazy, `(?=x)` and `(?!x)` for one character or a class, and `$` for the
/// end of the text. A possessive quantifier is read as a greedy one.
struct PatternParser {
  private let pattern: String
  private let scalars: [Unicode.Scalar]
  private var index = 0
  private var ignoresCase = false
  private var depth = 0

  /// The largest bound of a quantifier, and the deepest nesting of groups.
  private static let maximumCount = 1000
  private static let maximumDepth = 50

  init(_ pattern: String) {
    self.pattern = pattern
    scalars = Array(pattern.unicodeScalars)
  }

  /// Reads the pattern.
  ///
  /// - Throws: ``ModelError`` of code ``ModelError/Code/unsupportedTokenizer`` where it is outside
  ///   the subset.
  mutating func parse() throws(ModelError) -> PatternNode {
    let node = try choice()
    guard index == scalars.count else { throw failure("an unexpected \")\"") }
    return node
  }

  private func failure(_ what: String) -> ModelError {
    ModelError(
      .unsupportedTokenizer,
      "the pattern \"\(pattern)\" has \(what) at character \(index), which is not supported")
  }

  private var next: Unicode.Scalar? { index < scalars.count ? scalars[index] : nil }

  private mutating func skip(_ text: String) -> Bool {
    guard scalars[index...].starts(with: text.unicodeScalars) else { return false }
    index += text.unicodeScalars.count
    return true
  }

  private mutating func choice() throws(ModelError) -> PatternNode {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.maximumDepth else { throw failure("groups nested too deeply") }
    var choices = [try sequence()]
    while skip("|") { choices.append(try sequence()) }
    return choices.count == 1 ? choices[0] : .choice(choices)
  }

  private mutating func sequence() throws(ModelError) -> PatternNode {
    var nodes: [PatternNode] = []
    while let next, next != "|", next != ")" {
      var node = try atom()
      while let quantified = try quantifier(of: node) { node = quantified }
      nodes.append(node)
    }
    return nodes.count == 1 ? nodes[0] : .sequence(nodes)
  }

  private mutating func quantifier(of node: PatternNode) throws(ModelError) -> PatternNode? {
    var bounds: (Int, Int?)
    var mayBePossessive = true
    switch next {
    case "*": bounds = (0, nil)
    case "+": bounds = (1, nil)
    case "?": bounds = (0, 1)
    case "{":
      guard let (minimum, maximum, end) = try interval() else { return nil }
      bounds = (minimum, maximum)
      index = end - 1
      // A plus sign here repeats the interval.
      mayBePossessive = false
    default: return nil
    }
    index += 1
    let isLazy = skip("?")
    if !isLazy, mayBePossessive { _ = skip("+") }
    return .loop(node, minimum: bounds.0, maximum: bounds.1, isLazy: isLazy)
  }

  /// The bounds of `{m}`, `{m,}`, `{,n}` and `{m,n}`, and where it ends.
  private func interval() throws(ModelError) -> (Int, Int?, Int)? {
    guard let close = scalars[index...].firstIndex(of: "}") else { return nil }
    var text = String.UnicodeScalarView()
    text.append(contentsOf: scalars[index + 1..<close])
    let parts = String(text).split(separator: ",", omittingEmptySubsequences: false)
    let numbers = parts.map { Int($0) }
    guard parts.count <= 2, !parts.isEmpty, parts.contains(where: { !$0.isEmpty }),
      zip(parts, numbers).allSatisfy({ $0.isEmpty || $1 != nil })
    else { return nil }
    let minimum = numbers[0] ?? 0
    let maximum = parts.count == 1 ? minimum : numbers[1]
    guard minimum >= 0, minimum <= Self.maximumCount, (maximum ?? minimum) <= Self.maximumCount,
      (maximum ?? minimum) >= minimum
    else { throw failure("a quantifier out of bounds") }
    return (minimum, maximum, close + 1)
  }

  private mutating func atom() throws(ModelError) -> PatternNode {
    switch next {
    case "(": return try group()
    case "[": return .set(try set())
    case ".":
      index += 1
      return .set(.any)
    case "$":
      index += 1
      return .lookahead(nil, isNegative: false)
    case "\\": return .set(try escape())
    case "^", "*", "+", "?": throw failure("an unexpected sign")
    case .some(let scalar):
      index += 1
      return .set(character(scalar))
    case nil: throw failure("an early end")
    }
  }

  private func character(_ scalar: Unicode.Scalar) -> PatternSet {
    PatternSet(parts: [.range(scalar.value...scalar.value)], ignoresCase: ignoresCase)
  }

  private mutating func group() throws(ModelError) -> PatternNode {
    let outer = ignoresCase
    defer { ignoresCase = outer }
    let isNegative: Bool?
    if skip("(?!") {
      isNegative = true
    } else if skip("(?=") {
      isNegative = false
    } else {
      isNegative = nil
      if skip("(?i:") {
        ignoresCase = true
      } else if !skip("(?:"), !skip("(?>") {
        index += 1
        if next == "?" { throw failure("a group of an unknown kind") }
      }
    }
    let node = try choice()
    guard skip(")") else { throw failure("a group without an end") }
    guard let isNegative else { return node }
    guard case .set(let set) = node else {
      throw failure("a condition on more than one character")
    }
    return .lookahead(set, isNegative: isNegative)
  }

  private mutating func set() throws(ModelError) -> PatternSet {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.maximumDepth else { throw failure("classes nested too deeply") }
    index += 1
    var set = PatternSet(ignoresCase: ignoresCase)
    set.isInverted = skip("^")
    var isFirst = true
    while let scalar = next, scalar != "]" || isFirst {
      isFirst = false
      if skip("&&") {
        // The rest is the other side.
        var rest = PatternSet(ignoresCase: ignoresCase)
        while let inner = next, inner != "]" { try part(of: &rest, inner) }
        set.intersections.append(rest)
      } else {
        try part(of: &set, scalar)
      }
    }
    guard skip("]") else { throw failure("a class without an end") }
    return set
  }

  private mutating func part(
    of set: inout PatternSet, _ scalar: Unicode.Scalar
  ) throws(ModelError) {
    if scalar == "[" {
      set.parts.append(.set(try self.set()))
      return
    }
    var first = scalar.value
    if scalar == "\\" {
      let escaped = try escape()
      guard case .range(let range) = escaped.parts.first, !escaped.isInverted else {
        set.parts.append(.set(escaped))
        return
      }
      first = range.lowerBound
    } else {
      index += 1
    }
    guard next == "-", index + 1 < scalars.count, scalars[index + 1] != "]" else {
      set.parts.append(.range(first...first))
      return
    }
    index += 1
    var last = scalars[index].value
    if scalars[index] == "\\" {
      guard case .range(let range) = try escape().parts.first else {
        throw failure("a range to a class")
      }
      last = range.lowerBound
    } else {
      index += 1
    }
    guard first <= last else { throw failure("a range that falls") }
    set.parts.append(.range(first...last))
  }

  private mutating func escape() throws(ModelError) -> PatternSet {
    index += 1
    guard let scalar = next else { throw failure("an early end") }
    index += 1
    switch scalar {
    case "s": return .whitespace
    case "S": return PatternSet.whitespace.inverted
    case "d": return .digit
    case "D": return PatternSet.digit.inverted
    case "w": return .word
    case "W": return PatternSet.word.inverted
    case "n": return character("\n")
    case "r": return character("\r")
    case "t": return character("\t")
    case "f": return character("\u{0C}")
    case "v": return character("\u{0B}")
    case "p", "P": return try property(isInverted: scalar == "P")
    case "u": return try coded(skip("{") ? nil : 4)
    case "x": return try coded(skip("{") ? nil : 2)
    default:
      if scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) {
        throw failure("an unknown escape")
      }
      return character(scalar)
    }
  }

  private mutating func coded(_ count: Int?) throws(ModelError) -> PatternSet {
    let end = count.map { index + $0 } ?? scalars[index...].firstIndex(of: "}") ?? scalars.count
    guard end <= scalars.count else { throw failure("an early end") }
    var digits = String.UnicodeScalarView()
    digits.append(contentsOf: scalars[index..<end])
    guard let value = UInt32(String(digits), radix: 16) else { throw failure("a bad number") }
    index = count == nil ? min(end + 1, scalars.count) : end
    return PatternSet(parts: [.range(value...value)], ignoresCase: ignoresCase)
  }

  private mutating func property(isInverted: Bool) throws(ModelError) -> PatternSet {
    var name = String.UnicodeScalarView()
    if skip("{") {
      while let scalar = next, scalar != "}" {
        name.append(scalar)
        index += 1
      }
      guard skip("}") else { throw failure("a property without an end") }
    } else if let scalar = next {
      name.append(scalar)
      index += 1
    }
    let isNegated = name.first == "^"
    let text = String(isNegated ? String.UnicodeScalarView(name.dropFirst()) : name)
    guard let set = PatternSet.property(text) else {
      throw failure("the unknown property \(text)")
    }
    return isInverted != isNegated ? set.inverted : set
  }
}
