/// What a macro, or the block of a call, takes and does.
struct MacroDefinition: Sendable {
  let name: String
  let parameters: [(name: NameID, text: String, initial: (any Expression)?)]
  let body: Body
  /// The names under which the body reads what no parameter took, where it does.
  let others: (arguments: NameID?, named: NameID?, caller: NameID?)
  /// How many levels of the source a call adds.
  let levels: Int
}

/// `{% macro a(b) %}…{% endmacro %}`
struct MacroNode: Statement {
  let name: NameID
  let definition: MacroDefinition

  func execute(_ renderer: inout Renderer) throws(TemplateError) -> Flow {
    renderer.set(name, to: .object(renderer.macro(definition)))
    return .next
  }
}

/// `{% call(a) b() %}…{% endcall %}`
struct CallBlockNode: Statement {
  let callee: any Expression
  let arguments: ArgumentList
  let definition: MacroDefinition
  let offset: Int

  func execute(_ renderer: inout Renderer) throws(TemplateError) -> Flow {
    let value = try callee.evaluate(&renderer)
    var arguments = try arguments.evaluate(&renderer)
    arguments.named.append(("caller", .object(renderer.macro(definition))))
    renderer.offset = offset
    try renderer.write(value: renderer.call(value, arguments))
    return .next
  }
}

/// `{% generation %}…{% endgeneration %}`, which marks what an assistant says.
struct GenerationNode: Statement {
  let body: Body

  func execute(_ renderer: inout Renderer) throws(TemplateError) -> Flow {
    try renderer.write(renderer.capture(body, in: Scope(parent: renderer.scope)))
    return .next
  }
}
