extension Parser {
  mutating func parseMacro() throws(TemplateError) -> MacroNode {
    let name = try expectName()
    let id = number(of: name)
    let parameters = try parseParameters()
    let definition = try parseDefinition(named: name, parameters: parameters, end: "endmacro")
    return MacroNode(name: id, definition: definition)
  }

  mutating func parseCallBlock(at offset: Int) throws(TemplateError) -> CallBlockNode {
    let parameters = isAt(.leftParenthesis) ? try parseParameters() : []
    let call = try parseExpression()
    guard var node = call as? PostfixNode, let last = node.links.popLast() else {
      throw error("a call was expected", at: offset)
    }
    let arguments: ArgumentList
    switch last.link {
    case .call(let list): arguments = list
    case .method(let name, let list):
      node.links.append((.attribute(name), last.offset))
      arguments = list
    default: throw error("a call was expected", at: offset)
    }
    let definition = try parseDefinition(
      named: "caller", parameters: parameters, end: "endcall")
    return CallBlockNode(
      callee: node, arguments: arguments, definition: definition, offset: last.offset)
  }

  private mutating func parseDefinition(
    named name: String,
    parameters: [(name: NameID, text: String, initial: (any Expression)?)], end: String
  ) throws(TemplateError) -> MacroDefinition {
    let special = ["varargs", "kwargs", "caller"]
    var before: [Int] = []
    for word in special { before.append(uses(of: word)) }
    let outer = (isInLoop, isConditional)
    (isInLoop, isConditional) = (false, false)
    let measure = beginMeasuring()
    let body = try parseInside(until: end)
    advance()
    let levels = levels(measure)
    (isInLoop, isConditional) = outer
    var used: [NameID?] = []
    for (word, count) in zip(special, before) {
      let isParameter = parameters.contains { $0.text == word }
      used.append(uses(of: word) > count && !isParameter ? number(of: word) : nil)
    }
    return MacroDefinition(
      name: name, parameters: parameters, body: body, others: (used[0], used[1], used[2]),
      levels: levels + 1)
  }

  /// Parses `(a, b=c)`.
  private mutating func parseParameters() throws(TemplateError)
    -> [(name: NameID, text: String, initial: (any Expression)?)]
  {
    try expect(.leftParenthesis)
    var parameters: [(name: NameID, text: String, initial: (any Expression)?)] = []
    var hasInitial = false
    while !isAt(.rightParenthesis) {
      if !parameters.isEmpty { try expect(.comma) }
      let offset = token.offset
      let name = try expectName()
      guard !parameters.contains(where: { $0.text == name }) else {
        throw error("two parameters \(name)", at: offset)
      }
      var initial: (any Expression)?
      if skip(.assign) {
        initial = try parseExpression()
        hasInitial = true
      } else if hasInitial || name == "caller" {
        throw error("the parameter \(name) needs a default here", at: offset)
      }
      parameters.append((number(of: name), name, initial))
    }
    try expect(.rightParenthesis)
    return parameters
  }
}
