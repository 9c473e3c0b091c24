extension Parser {
  /// Parses attributes, subscripts and calls, and after them filters and tests.
  mutating func parseLinks(
    of base: any Expression, withFilters: Bool
  ) throws(TemplateError) -> any Expression {
    var links: [(link: PostfixNode.Link, offset: Int)] = []
    var isFiltered = false
    while true {
      let offset = token.offset
      switch token.kind {
      case .symbol(.dot) where !isFiltered: links.append((try parseAttribute(), offset))
      case .symbol(.leftBracket) where !isFiltered: links.append((try parseSubscript(), offset))
      case .symbol(.leftParenthesis):
        let arguments = try parseArguments()
        if case .attribute(let name)? = links.last?.link {
          links[links.count - 1].link = .method(name, arguments)
        } else {
          links.append((.call(arguments), offset))
        }
      case .symbol(.pipe) where withFilters:
        advance()
        let filter = try parseFilter()
        links.append((.filter(filter.name, filter.arguments), filter.offset))
        isFiltered = true
      case .name("is") where withFilters:
        advance()
        links.append((try parseTest(), offset))
        isFiltered = true
      default:
        return links.isEmpty ? base : PostfixNode(base: base, links: links)
      }
    }
  }

  private mutating func parseAttribute() throws(TemplateError) -> PostfixNode.Link {
    advance()
    switch token.kind {
    case .name(let name):
      advance()
      return .attribute(name)
    case .integer(let index):
      advance()
      return .subscripted(LiteralNode(literal: .integer(index)))
    default: throw unexpected("a name or a number was expected")
    }
  }

  private mutating func parseSubscript() throws(TemplateError) -> PostfixNode.Link {
    advance()
    var keys: [any Expression] = []
    while !isAt(.rightBracket) {
      if !keys.isEmpty { try expect(.comma) }
      if !isAt(.colon) {
        let key = try parseExpression()
        if !isAt(.colon) {
          keys.append(key)
          continue
        }
        return try parseSlice(from: key, isOnly: keys.isEmpty)
      }
      return try parseSlice(from: nil, isOnly: keys.isEmpty)
    }
    try expect(.rightBracket)
    if let only = keys.first, keys.count == 1 { return .subscripted(only) }
    return .subscripted(TupleNode(elements: keys))
  }

  private mutating func parseSlice(
    from start: (any Expression)?, isOnly: Bool
  ) throws(TemplateError) -> PostfixNode.Link {
    guard isOnly else { throw unexpected("one slice only was expected") }
    var bounds = [start]
    while bounds.count < 3 {
      guard skip(.colon) else {
        bounds.append(nil)
        continue
      }
      bounds.append(isAt(.colon) || isAt(.rightBracket) ? nil : try parseExpression())
    }
    try expect(.rightBracket)
    return .slice(bounds)
  }

  /// Parses `(a, *b, c=d, **e)`.
  mutating func parseArguments() throws(TemplateError) -> ArgumentList {
    try expect(.leftParenthesis)
    var list = ArgumentList()
    while !isAt(.rightParenthesis) {
      let offset = token.offset
      if skip(.times) {
        guard list.spread == nil, list.spreadNamed == nil else { throw misplaced(at: offset) }
        list.spread = try parseExpression()
      } else if skip(.power) {
        guard list.spreadNamed == nil else { throw misplaced(at: offset) }
        list.spreadNamed = try parseExpression()
      } else if case .name(let name) = token.kind, lookAhead().kind == .symbol(.assign) {
        advance()
        advance()
        guard list.spreadNamed == nil, !list.named.contains(where: { $0.name == name }) else {
          throw misplaced(at: offset)
        }
        list.named.append((name, try parseExpression()))
      } else {
        guard list.spread == nil, list.spreadNamed == nil, list.named.isEmpty else {
          throw misplaced(at: offset)
        }
        list.positional.append(try parseExpression())
      }
      guard skip(.comma) else { break }
    }
    try expect(.rightParenthesis)
    return list
  }

  private func misplaced(at offset: Int) -> TemplateError {
    error("an argument that cannot stand here", at: offset)
  }

  /// Parses a filter's name and arguments.
  mutating func parseFilter() throws(TemplateError) -> BlockFilter {
    let offset = token.offset
    let name = try parseDottedName()
    if !isConditional, FilterName(rawValue: name) == nil {
      unknownNames.append(error("there is no filter \(name)", at: offset))
    }
    let arguments = isAt(.leftParenthesis) ? try parseArguments() : ArgumentList()
    return BlockFilter(name: name, arguments: arguments, offset: offset)
  }

  private mutating func parseDottedName() throws(TemplateError) -> String {
    var name = try expectName()
    while skip(.dot) { name += try "." + expectName() }
    return name
  }

  private mutating func parseTest() throws(TemplateError) -> PostfixNode.Link {
    let isNegated = skip("not")
    let offset = token.offset
    let name = try parseDottedName()
    if !isConditional, TestName(rawValue: name) == nil {
      unknownNames.append(error("there is no test \(name)", at: offset))
    }
    var arguments = ArgumentList()
    switch token.kind {
    case .symbol(.leftParenthesis):
      arguments = try parseArguments()
    case .name("else"), .name("or"), .name("and"): break
    case .name("is"): throw unexpected("one test only was expected")
    case .name, .string, .integer, .double, .symbol(.leftBracket), .symbol(.leftBrace):
      try enter()
      arguments.positional = [try parseLinks(of: parsePrimary(), withFilters: false)]
      leave()
    default: break
    }
    return .test(name, arguments, isNegated: isNegated)
  }
}
