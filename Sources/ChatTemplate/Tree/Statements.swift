/// Text outside of tags.
struct TextNode: Statement {
  let text: String

  func execute(_ renderer: inout Renderer) throws(TemplateError) -> Flow {
    try renderer.write(text)
    return .next
  }
}

/// `{{ a }}`
struct PrintNode: Statement {
  let expression: any Expression

  func execute(_ renderer: inout Renderer) throws(TemplateError) -> Flow {
    try renderer.write(value: expression.evaluate(&renderer))
    return .next
  }
}

/// `{% if %}` with its `elif`s and `else`
struct IfNode: Statement {
  var branches: [(test: any Expression, body: Body)]
  var otherwise: Body?

  func execute(_ renderer: inout Renderer) throws(TemplateError) -> Flow {
    for (test, body) in branches where try test.evaluate(&renderer).isTrue {
      return try body.execute(&renderer)
    }
    return try otherwise?.execute(&renderer) ?? .next
  }
}

/// What a value can be assigned to.
indirect enum Target: Sendable {
  case name(NameID)
  /// An attribute of a namespace.
  case attribute(NameID, String, offset: Int)
  case tuple([Target], offset: Int)

  func assign(_ value: Value, _ renderer: inout Renderer) throws(TemplateError) {
    switch self {
    case .name(let name): renderer.set(name, to: value)
    case .attribute(let name, let attribute, let offset):
      renderer.offset = offset
      guard case .object(let object) = renderer.value(of: name),
        let space = object as? NamespaceObject
      else {
        throw TemplateError(.type, "attributes can be set of namespaces only")
      }
      space.members.set(value, for: .string(attribute))
      try renderer.checkDepth(value.depth + 1)
    case .tuple(let targets, let offset):
      renderer.offset = offset
      let values = try renderer.elements(of: value)
      guard values.count == targets.count else {
        throw TemplateError(
          .value, "\(values.count) values cannot be unpacked into \(targets.count) names")
      }
      for (target, value) in zip(targets, values) { try target.assign(value, &renderer) }
    }
  }
}

/// `{% set a = b %}`
struct SetNode: Statement {
  let target: Target
  let value: any Expression

  func execute(_ renderer: inout Renderer) throws(TemplateError) -> Flow {
    try target.assign(value.evaluate(&renderer), &renderer)
    return .next
  }
}

/// A filter of a block, before its arguments are evaluated.
struct BlockFilter: Sendable {
  let name: String
  let arguments: ArgumentList
  let offset: Int

  /// The text after all of the filters.
  static func apply(
    _ filters: [BlockFilter], to text: String, _ renderer: inout Renderer
  ) throws(TemplateError) -> Value {
    var value = Value.string(text)
    for filter in filters {
      let arguments = try filter.arguments.evaluate(&renderer)
      renderer.offset = filter.offset
      value = try renderer.filter(filter.name, value, arguments)
    }
    return value
  }
}

/// `{% set a %}…{% endset %}`
struct SetBlockNode: Statement {
  let target: Target
  let filters: [BlockFilter]
  let body: Body

  func execute(_ renderer: inout Renderer) throws(TemplateError) -> Flow {
    let text = try renderer.capture(body, in: Scope(parent: renderer.scope))
    try target.assign(BlockFilter.apply(filters, to: text, &renderer), &renderer)
    return .next
  }
}

/// `{% filter upper %}…{% endfilter %}`
struct FilterBlockNode: Statement {
  let filters: [BlockFilter]
  let body: Body

  func execute(_ renderer: inout Renderer) throws(TemplateError) -> Flow {
    let text = try renderer.capture(body, in: Scope(parent: renderer.scope))
    try renderer.write(value: BlockFilter.apply(filters, to: text, &renderer))
    return .next
  }
}

/// `{% with a = b %}…{% endwith %}`, and blocks that only make a scope
struct ScopeNode: Statement {
  /// Whether the body sees the names of the top only.
  var isAtTop = false
  var assignments: [(target: Target, value: any Expression)] = []
  let body: Body

  func execute(_ renderer: inout Renderer) throws(TemplateError) -> Flow {
    // The values do not see each other.
    var values: [Value] = []
    for (_, value) in assignments { values.append(try value.evaluate(&renderer)) }
    let outer = renderer.scope
    renderer.scope = Scope(parent: isAtTop ? nil : outer)
    for ((target, _), value) in zip(assignments, values) { try target.assign(value, &renderer) }
    let flow = try body.execute(&renderer)
    renderer.scope = outer
    return flow
  }
}

/// `{% break %}` and `{% continue %}`
struct LoopControlNode: Statement {
  let flow: Flow

  func execute(_ renderer: inout Renderer) throws(TemplateError) -> Flow { flow }
}

/// A tag that needs other templates.
struct UnsupportedNode: Statement {
  let tag: String
  let offset: Int

  func execute(_ renderer: inout Renderer) throws(TemplateError) -> Flow {
    renderer.offset = offset
    throw TemplateError(.unsupported, "\(tag): there are no other templates")
  }
}
