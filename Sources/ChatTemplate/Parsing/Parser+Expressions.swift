extension Parser {
  /// Parses an expression, conditional ones included.
  mutating func parseExpression() throws(TemplateError) -> any Expression {
    try enter()
    let unknown = unknownNames.count
    let value = try parseBinary(Precedence.or)
    guard isAt("if") else {
      leave()
      return value
    }
    unknownNames.removeLast(unknownNames.count - unknown)
    let wasConditional = isConditional
    isConditional = true
    var conditions: [(test: any Expression, otherwise: (any Expression)?)] = []
    while skip("if") {
      let test = try parseBinary(Precedence.or)
      let otherwise = skip("else") ? try parseExpression() : nil
      conditions.append((test, otherwise))
    }
    isConditional = wasConditional
    leave()
    return ConditionalNode(value: value, conditions: conditions)
  }

  /// Parses an expression that is not conditional unless it is in parentheses.
  mutating func parseUnconditional() throws(TemplateError) -> any Expression {
    try enter()
    defer { leave() }
    return try parseBinary(Precedence.or)
  }

  /// Operators by how little they bind.
  enum Precedence: Int {
    case or, and, not, comparison, sum, concatenation, product, power, unary

    /// What binds next more.
    var operand: Precedence { Precedence(rawValue: rawValue + 1) ?? .unary }
  }

  /// Parses operands joined by operators that bind at least as much as `precedence`.
  mutating func parseBinary(_ precedence: Precedence) throws(TemplateError) -> any Expression {
    var node =
      try isAt("not") && precedence.rawValue <= Precedence.not.rawValue
      ? parseNot() : parseUnary(withFilters: true)
    var level = Precedence.power
    while level.rawValue >= precedence.rawValue {
      node = try extend(node, level)
      guard let looser = Precedence(rawValue: level.rawValue - 1) else { break }
      level = looser
    }
    return node
  }

  private mutating func parseOperand(
    _ precedence: Precedence
  ) throws(TemplateError) -> any Expression {
    try enter()
    defer { leave() }
    return try parseBinary(precedence)
  }

  /// Parses the operators of exactly this precedence that follow an operand.
  private mutating func extend(
    _ first: any Expression, _ level: Precedence
  ) throws(TemplateError) -> any Expression {
    switch level {
    case .or, .and: try parseLogic(first, level)
    case .comparison: try parseComparison(first)
    case .concatenation: try parseConcatenation(first)
    case .sum, .product, .power: try parseArithmetic(first, level)
    case .not, .unary: first
    }
  }

  private mutating func parseNot() throws(TemplateError) -> any Expression {
    advance()
    try enter()
    defer { leave() }
    return NotNode(operand: try parseBinary(.not))
  }

  private mutating func parseLogic(
    _ first: any Expression, _ level: Precedence
  ) throws(TemplateError) -> any Expression {
    let word = level == .and ? "and" : "or"
    guard isAt(word) else { return first }
    var operands = [first]
    while skip(word) { operands.append(try parseOperand(level.operand)) }
    return LogicNode(isAnd: level == .and, operands: operands)
  }

  private mutating func parseConcatenation(
    _ first: any Expression
  ) throws(TemplateError) -> any Expression {
    guard isAt(.tilde) else { return first }
    var parts = [first]
    while skip(.tilde) { parts.append(try parseOperand(.product)) }
    return ConcatenationNode(parts: parts)
  }

  private mutating func parseComparison(
    _ first: any Expression
  ) throws(TemplateError) -> any Expression {
    var rest: [(comparison: Comparison, operand: any Expression, offset: Int)] = []
    while let comparison = comparison() {
      let offset = token.offset
      advance()
      if comparison == .notWithin { advance() }
      rest.append((comparison, try parseOperand(.sum), offset))
    }
    return rest.isEmpty ? first : ComparisonNode(first: first, rest: rest)
  }

  private func comparison() -> Comparison? {
    switch token.kind {
    case .symbol(.equal): .equal
    case .symbol(.notEqual): .notEqual
    case .symbol(.less): .less
    case .symbol(.lessOrEqual): .lessOrEqual
    case .symbol(.greater): .greater
    case .symbol(.greaterOrEqual): .greaterOrEqual
    case .name("in"): .within
    case .name("not"): lookAhead().kind == .name("in") ? .notWithin : nil
    default: nil
    }
  }

  private mutating func parseArithmetic(
    _ first: any Expression, _ level: Precedence
  ) throws(TemplateError) -> any Expression {
    var rest: [(operation: Arithmetic, operand: any Expression, offset: Int)] = []
    while let operation = arithmetic(level) {
      let offset = token.offset
      advance()
      rest.append((operation, try parseOperand(level.operand), offset))
    }
    return rest.isEmpty ? first : ArithmeticNode(first: first, rest: rest)
  }

  private func arithmetic(_ level: Precedence) -> Arithmetic? {
    guard case .symbol(let symbol) = token.kind else { return nil }
    return switch (level, symbol) {
    case (.sum, .plus): .add
    case (.sum, .minus): .subtract
    case (.product, .times): .multiply
    case (.product, .divide): .divide
    case (.product, .floorDivide): .floorDivide
    case (.product, .modulo): .modulo
    case (.power, .power): .power
    default: nil
    }
  }

  /// Parses signs, a value, and what follows it. A sign binds more than a filter.
  private mutating func parseUnary(withFilters: Bool) throws(TemplateError) -> any Expression {
    let offset = token.offset
    let base: any Expression
    if isAt(.minus) || isAt(.plus) {
      let isMinus = isAt(.minus)
      advance()
      try enter()
      base = SignNode(
        isMinus: isMinus, operand: try parseUnary(withFilters: false), offset: offset)
      leave()
    } else {
      base = try parsePrimary()
    }
    return try parseLinks(of: base, withFilters: withFilters)
  }

  /// Parses a name, a literal, or something in brackets.
  mutating func parsePrimary() throws(TemplateError) -> any Expression {
    let token = token
    switch token.kind {
    case .name(let name):
      advance()
      switch name {
      case "true", "True": return LiteralNode(literal: .boolean(true))
      case "false", "False": return LiteralNode(literal: .boolean(false))
      case "none", "None": return LiteralNode(literal: .none)
      default: return NameNode(name: numberForReading(name), offset: token.offset)
      }
    case .string(var text):
      advance()
      while case .string(let more) = self.token.kind {
        text += more
        advance()
      }
      return LiteralNode(literal: .string(text))
    case .integer(let value):
      advance()
      return LiteralNode(literal: .integer(value))
    case .double(let value):
      advance()
      return LiteralNode(literal: .double(value))
    case .symbol(.leftParenthesis):
      advance()
      let node = try parseTuple(allowsEmpty: true)
      try expect(.rightParenthesis)
      return node
    case .symbol(.leftBracket): return try parseList()
    case .symbol(.leftBrace): return try parseDict()
    default: throw unexpected("an expression was expected")
    }
  }

  /// Parses expressions with commas between them; one without a comma is itself.
  mutating func parseTuple(
    allowsConditions: Bool = true, allowsEmpty: Bool = false, endingAt word: String? = nil
  ) throws(TemplateError) -> any Expression {
    var elements: [any Expression] = []
    var isTuple = false
    while !isAtTupleEnd(word) {
      elements.append(try allowsConditions ? parseExpression() : parseUnconditional())
      guard skip(.comma) else { break }
      isTuple = true
    }
    if !isTuple {
      if let only = elements.first { return only }
      if !allowsEmpty { throw unexpected("an expression was expected") }
    }
    return TupleNode(elements: elements)
  }

  func isAtTupleEnd(_ word: String?) -> Bool {
    switch token.kind {
    case .printEnd, .tagEnd, .symbol(.rightParenthesis): true
    case .name(let name): name == word
    default: false
    }
  }

  private mutating func parseList() throws(TemplateError) -> any Expression {
    advance()
    var elements: [any Expression] = []
    while !isAt(.rightBracket) {
      elements.append(try parseExpression())
      guard skip(.comma) else { break }
    }
    try expect(.rightBracket)
    return ListNode(elements: elements)
  }

  private mutating func parseDict() throws(TemplateError) -> any Expression {
    advance()
    var entries: [(key: any Expression, value: any Expression)] = []
    while !isAt(.rightBrace) {
      let key = try parseExpression()
      try expect(.colon)
      entries.append((key, try parseExpression()))
      guard skip(.comma) else { break }
    }
    try expect(.rightBrace)
    return DictNode(entries: entries)
  }
}
