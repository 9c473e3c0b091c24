/// A constant.
struct LiteralNode: Expression {
  enum Literal: Sendable {
    case none
    case boolean(Bool)
    case integer(Int)
    case double(Double)
    case string(String)
  }

  let literal: Literal

  func evaluate(_ renderer: inout Renderer) throws(TemplateError) -> Value {
    switch literal {
    case .none: .none
    case .boolean(let value): .boolean(value)
    case .integer(let value): .integer(value)
    case .double(let value): .double(value)
    case .string(let text): .string(text)
    }
  }
}

/// `[a, b]`
struct ListNode: Expression {
  let elements: [any Expression]

  func evaluate(_ renderer: inout Renderer) throws(TemplateError) -> Value {
    var values: [Value] = []
    values.reserveCapacity(elements.count)
    for element in elements { values.append(try element.evaluate(&renderer)) }
    return try renderer.list(values)
  }
}

/// `(a, b)`, also without parentheses
struct TupleNode: Expression {
  let elements: [any Expression]

  func evaluate(_ renderer: inout Renderer) throws(TemplateError) -> Value {
    var values: [Value] = []
    values.reserveCapacity(elements.count)
    for element in elements { values.append(try element.evaluate(&renderer)) }
    return try renderer.tuple(values)
  }
}

/// `{a: b}`
struct DictNode: Expression {
  let entries: [(key: any Expression, value: any Expression)]

  func evaluate(_ renderer: inout Renderer) throws(TemplateError) -> Value {
    let dict = DictObject()
    for entry in entries {
      let key = try entry.key.evaluate(&renderer)
      try renderer.set(entry.value.evaluate(&renderer), for: key, in: dict)
    }
    return .dict(dict)
  }
}

/// A variable's value.
struct NameNode: Expression {
  let name: NameID
  let offset: Int

  func evaluate(_ renderer: inout Renderer) throws(TemplateError) -> Value {
    renderer.offset = offset
    return renderer.value(of: name)
  }
}
