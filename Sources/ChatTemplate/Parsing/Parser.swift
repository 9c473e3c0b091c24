/// Makes a tree of tokens.
struct Parser {
  let source: [UInt8]
  private let tokens: [Token]
  private var index = 0
  private let limits: TemplateLimits

  private var numbers: [String: Int] = [:]
  private(set) var names: [String] = []
  /// How often each name was read so far, to see whether a body uses one.
  private var uses: [Int] = []

  /// How deep the parser is, and the deepest since it was last asked.
  private var depth = 0
  private var deepest = 0
  /// Whether `break` and `continue` have a loop here.
  var isInLoop = false
  /// Whether filters and tests that do not exist only matter when they are used, as in Jinja2
  /// inside of a condition.
  var isConditional = false
  /// Filters and tests that do not exist, unless what follows makes them conditional.
  var unknownNames: [TemplateError] = []

  init(source: [UInt8], limits: TemplateLimits) throws(TemplateError) {
    self.source = source
    self.limits = limits
    var lexer = Lexer(source)
    tokens = try lexer.allTokens()
  }

  /// Parses a whole template.
  static func parse(
    _ source: [UInt8], limits: TemplateLimits
  ) throws(TemplateError) -> Tree {
    var parser = try Parser(source: source, limits: limits)
    let body = try parser.parseBody(until: [])
    if let error = parser.unknownNames.first { throw error }
    return Tree(body: body, names: parser.names)
  }

  // MARK: Tokens

  var token: Token { tokens[index] }

  func lookAhead(_ distance: Int = 1) -> Token { tokens[min(index + distance, tokens.count - 1)] }

  mutating func advance() { if index < tokens.count - 1 { index += 1 } }

  /// Whether the token is that symbol.
  func isAt(_ symbol: Symbol) -> Bool { token.kind == .symbol(symbol) }

  /// Whether the token is that word.
  func isAt(_ word: String) -> Bool { token.kind == .name(word) }

  mutating func skip(_ symbol: Symbol) -> Bool {
    guard isAt(symbol) else { return false }
    advance()
    return true
  }

  mutating func skip(_ word: String) -> Bool {
    guard isAt(word) else { return false }
    advance()
    return true
  }

  mutating func expect(_ symbol: Symbol) throws(TemplateError) {
    guard skip(symbol) else { throw unexpected("\(symbol.rawValue) was expected") }
  }

  mutating func expect(_ word: String) throws(TemplateError) {
    guard skip(word) else { throw unexpected("\(word) was expected") }
  }

  mutating func expect(_ kind: Token.Kind) throws(TemplateError) {
    guard token.kind == kind else {
      throw unexpected("\(Token(kind: kind, offset: 0).description) was expected")
    }
    advance()
  }

  mutating func expectName() throws(TemplateError) -> String {
    guard case .name(let name) = token.kind else { throw unexpected("a name was expected") }
    advance()
    return name
  }

  func unexpected(_ message: String) -> TemplateError {
    error("\(message), not \(token.description)", at: token.offset)
  }

  func error(_ message: String, at offset: Int) -> TemplateError {
    TemplateError(.syntax, message).located(at: offset, in: source)
  }

  // MARK: Names

  /// The number of a name.
  mutating func number(of name: String) -> NameID {
    if let index = numbers[name] { return NameID(index: index) }
    numbers[name] = names.count
    names.append(name)
    uses.append(0)
    return NameID(index: names.count - 1)
  }

  /// The number of a name whose value is read.
  mutating func numberForReading(_ name: String) -> NameID {
    let id = number(of: name)
    uses[id.index] += 1
    return id
  }

  /// The number of a name that is read while `parse` runs, nil if it is not.
  mutating func uses(of name: String) -> Int { uses[number(of: name).index] }

  // MARK: Depth

  /// Goes a level deeper.
  mutating func enter() throws(TemplateError) {
    depth += 1
    deepest = max(deepest, depth)
    guard depth <= limits.nesting else {
      throw TemplateError(.limitExceeded, "the template nests deeper than \(limits.nesting)")
        .located(at: token.offset, in: source)
    }
  }

  mutating func leave() { depth -= 1 }

  /// Starts to measure how many levels a part of the source adds; pass the result to ``levels(_:)``.
  mutating func beginMeasuring() -> Int {
    defer { deepest = depth }
    return deepest
  }

  /// The levels that were added since.
  mutating func levels(_ begin: Int) -> Int {
    defer { deepest = max(deepest, begin) }
    return deepest - depth
  }
}
