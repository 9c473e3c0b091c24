extension Parser {
  /// Parses statements up to a tag with one of the words, which becomes the current token; without
  /// words, to the end of the template.
  mutating func parseBody(until words: [String]) throws(TemplateError) -> Body {
    try enter()
    defer { leave() }
    var body = Body()
    while true {
      switch token.kind {
      case .data(let text):
        advance()
        body.statements.append(TextNode(text: text))
      case .printBegin:
        advance()
        body.statements.append(PrintNode(expression: try parseTuple()))
        try expect(.printEnd)
      case .tagBegin:
        advance()
        guard case .name(let tag) = token.kind else { throw unexpected("a tag was expected") }
        if words.contains(tag) { return body }
        body.statements += try parseStatement(tag, expected: words)
        try expect(.tagEnd)
      case .end where words.isEmpty: return body
      default: throw unexpected("\(words.joined(separator: " or ")) was expected")
      }
    }
  }

  /// Parses the statements of a tag, from the tag's end on.
  mutating func parseInside(until words: String...) throws(TemplateError) -> Body {
    _ = skip(.colon)
    try expect(.tagEnd)
    return try parseBody(until: words)
  }

  private mutating func parseStatement(
    _ tag: String, expected words: [String]
  ) throws(TemplateError) -> [any Statement] {
    let offset = token.offset
    advance()
    switch tag {
    case "if": return [try parseIf()]
    case "for": return [try parseFor(at: offset)]
    case "set": return [try parseSet()]
    case "macro": return [try parseMacro()]
    case "call": return [try parseCallBlock(at: offset)]
    case "filter":
      let filters = try parseFilters(startsWithPipe: false)
      let body = try parseScope("endfilter")
      return [FilterBlockNode(filters: filters, body: body)]
    case "with": return [try parseWith()]
    case "generation":
      return [GenerationNode(body: try parseScope("endgeneration"))]
    case "autoescape":
      // There is nothing to switch: text is never escaped by itself.
      _ = try parseExpression()
      return [ScopeNode(body: try parseScope("endautoescape", isFunction: false))]
    case "block": return [try parseBlock()]
    case "print":
      var statements: [any Statement] = []
      while token.kind != .tagEnd {
        if !statements.isEmpty { try expect(.comma) }
        statements.append(PrintNode(expression: try parseExpression()))
      }
      return statements
    case "break", "continue":
      guard isInLoop else { throw error("\(tag) outside of a loop", at: offset) }
      return [LoopControlNode(flow: tag == "break" ? .breakLoop : .continueLoop)]
    case "include", "import", "from", "extends":
      while token.kind != .tagEnd, token.kind != .end { advance() }
      return [UnsupportedNode(tag: tag, offset: offset)]
    default:
      let hint = words.isEmpty ? "" : "; \(words.joined(separator: " or ")) was expected"
      throw error("there is no tag \(tag) here\(hint)", at: offset)
    }
  }

  /// Parses a body in which neither a loop nor a condition around it counts.
  private mutating func parseScope(
    _ end: String, isFunction: Bool = true
  ) throws(TemplateError) -> Body {
    let outer = (isInLoop, isConditional)
    if isFunction { isInLoop = false }
    isConditional = false
    let body = try parseInside(until: end)
    advance()
    (isInLoop, isConditional) = outer
    return body
  }

  private mutating func parseIf() throws(TemplateError) -> IfNode {
    let wasConditional = isConditional
    isConditional = true
    defer { isConditional = wasConditional }
    var node = IfNode(branches: [], otherwise: nil)
    while true {
      let test = try parseTuple(allowsConditions: false)
      node.branches.append((test, try parseInside(until: "elif", "else", "endif")))
      let end = try expectName()
      if end == "elif" { continue }
      if end == "else" {
        node.otherwise = try parseInside(until: "endif")
        advance()
      }
      return node
    }
  }

  private mutating func parseFor(at offset: Int) throws(TemplateError) -> ForNode {
    let start = token.offset
    let target = try parseTarget(endingAt: "in", allowsAttributes: false)
    guard !assigns("loop", target) else {
      throw error("nothing can be assigned to loop here", at: start)
    }
    try expect("in")
    let elements = try parseTuple(allowsConditions: false, endingAt: "recursive")
    let test = skip("if") ? try parseExpression() : nil
    let isRecursive = skip("recursive")
    let outer = (isInLoop, isConditional)
    (isInLoop, isConditional) = (true, false)
    let uses = uses(of: "loop")
    let measure = beginMeasuring()
    let body = try parseInside(until: "endfor", "else")
    let levels = levels(measure)
    let usesLoop = self.uses(of: "loop") > uses
    (isInLoop, isConditional) = (outer.0, false)
    var otherwise: Body?
    if try expectName() == "else" {
      otherwise = try parseInside(until: "endfor")
      advance()
    }
    isConditional = outer.1
    return ForNode(
      target: target, elements: elements, test: test, body: body, otherwise: otherwise,
      isRecursive: isRecursive, loopName: usesLoop ? number(of: "loop") : nil, levels: levels,
      offset: offset)
  }

  private func assigns(_ name: String, _ target: Target) -> Bool {
    switch target {
    case .name(let id): names[id.index] == name
    case .attribute: false
    case .tuple(let targets, _): targets.contains { assigns(name, $0) }
    }
  }

  private mutating func parseSet() throws(TemplateError) -> any Statement {
    let target = try parseTarget(endingAt: nil, allowsAttributes: true)
    if skip(.assign) { return SetNode(target: target, value: try parseTuple()) }
    let filters = try parseFilters(startsWithPipe: true)
    return SetBlockNode(target: target, filters: filters, body: try parseScope("endset"))
  }

  private mutating func parseFilters(
    startsWithPipe: Bool
  ) throws(TemplateError) -> [BlockFilter] {
    var filters: [BlockFilter] = []
    if !startsWithPipe { filters.append(try parseFilter()) }
    while skip(.pipe) { filters.append(try parseFilter()) }
    return filters
  }

  /// Parses what a value is assigned to.
  private mutating func parseTarget(
    endingAt word: String?, allowsAttributes: Bool
  ) throws(TemplateError) -> Target {
    try enter()
    defer { leave() }
    let offset = token.offset
    var targets: [Target] = []
    var isTuple = false
    while !isAtTupleEnd(word), !isAt(.assign) {
      targets.append(try parseTargetPart(allowsAttributes: allowsAttributes))
      guard skip(.comma) else { break }
      isTuple = true
    }
    if let only = targets.first, !isTuple { return only }
    guard isTuple else { throw unexpected("a name to assign to was expected") }
    return .tuple(targets, offset: offset)
  }

  private mutating func parseTargetPart(allowsAttributes: Bool) throws(TemplateError) -> Target {
    let offset = token.offset
    if skip(.leftParenthesis) {
      let target = try parseTarget(endingAt: nil, allowsAttributes: false)
      try expect(.rightParenthesis)
      return target
    }
    let name = try parseAssignableName()
    if allowsAttributes, skip(.dot) {
      return .attribute(numberForReading(name), try expectName(), offset: offset)
    }
    return .name(number(of: name))
  }

  private mutating func parseAssignableName() throws(TemplateError) -> String {
    let offset = token.offset
    let name = try expectName()
    guard !["true", "True", "false", "False", "none", "None"].contains(name) else {
      throw error("nothing can be assigned to \(name)", at: offset)
    }
    return name
  }

  private mutating func parseWith() throws(TemplateError) -> ScopeNode {
    var assignments: [(target: Target, value: any Expression)] = []
    while token.kind != .tagEnd {
      if !assignments.isEmpty { try expect(.comma) }
      let target = try parseTargetPart(allowsAttributes: false)
      try expect(.assign)
      assignments.append((target, try parseExpression()))
    }
    return ScopeNode(
      assignments: assignments, body: try parseScope("endwith", isFunction: false))
  }

  private mutating func parseBlock() throws(TemplateError) -> ScopeNode {
    let name = try expectName()
    let isScoped = skip("scoped")
    _ = skip("required")
    let body = try parseScope("endblock")
    _ = skip(name)
    return ScopeNode(isAtTop: !isScoped, body: body)
  }
}
