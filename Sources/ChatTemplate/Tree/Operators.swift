/// Operators of one precedence, from left to right. Flat, so that a long sum is not deep.
struct ArithmeticNode: Expression {
  let first: any Expression
  let rest: [(operation: Arithmetic, operand: any Expression, offset: Int)]

  func evaluate(_ renderer: inout Renderer) throws(TemplateError) -> Value {
    var value = try first.evaluate(&renderer)
    for (operation, operand, offset) in rest {
      let right = try operand.evaluate(&renderer)
      renderer.offset = offset
      try renderer.step()
      value = try renderer.combine(value, operation, right)
    }
    return value
  }
}

/// What two numbers, and some other values, can be combined by.
enum Arithmetic: Sendable {
  case add, subtract, multiply, divide, floorDivide, modulo, power

  /// As a message shows it.
  var symbol: String {
    switch self {
    case .add: "+"
    case .subtract: "-"
    case .multiply: "*"
    case .divide: "/"
    case .floorDivide: "//"
    case .modulo: "%"
    case .power: "**"
    }
  }
}

/// `a ~ b`
struct ConcatenationNode: Expression {
  let parts: [any Expression]

  func evaluate(_ renderer: inout Renderer) throws(TemplateError) -> Value {
    var text = ""
    for part in parts {
      text += try renderer.text(of: part.evaluate(&renderer))
      try renderer.checkSize(of: text)
    }
    return .string(try renderer.charged(text))
  }
}

/// `-a` and `+a`
struct SignNode: Expression {
  let isMinus: Bool
  let operand: any Expression
  let offset: Int

  func evaluate(_ renderer: inout Renderer) throws(TemplateError) -> Value {
    let value = try operand.evaluate(&renderer)
    renderer.offset = offset
    switch value {
    case .double(let number): return .double(isMinus ? -number : number)
    case .undefined(let name): throw TemplateError.undefined(name)
    default:
      guard let number = value.integer else {
        throw TemplateError(.type, "\(value.typeName) has no sign")
      }
      if !isMinus { return .integer(number) }
      let (result, overflow) = (0).subtractingReportingOverflow(number)
      if overflow { throw TemplateError.overflow }
      return .integer(result)
    }
  }
}

/// `not a`
struct NotNode: Expression {
  let operand: any Expression

  func evaluate(_ renderer: inout Renderer) throws(TemplateError) -> Value {
    .boolean(!(try operand.evaluate(&renderer).isTrue))
  }
}

/// `a and b`, `a or b`: the operand that decides.
struct LogicNode: Expression {
  let isAnd: Bool
  let operands: [any Expression]

  func evaluate(_ renderer: inout Renderer) throws(TemplateError) -> Value {
    var value = Value.none
    for operand in operands {
      value = try operand.evaluate(&renderer)
      if value.isTrue != isAnd { return value }
    }
    return value
  }
}

/// How two values are compared.
enum Comparison: Sendable {
  case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual, within, notWithin
}

/// `a < b <= c`
struct ComparisonNode: Expression {
  let first: any Expression
  let rest: [(comparison: Comparison, operand: any Expression, offset: Int)]

  func evaluate(_ renderer: inout Renderer) throws(TemplateError) -> Value {
    var left = try first.evaluate(&renderer)
    for (comparison, operand, offset) in rest {
      let right = try operand.evaluate(&renderer)
      renderer.offset = offset
      if !(try renderer.compare(left, comparison, right)) { return .boolean(false) }
      left = right
    }
    return .boolean(true)
  }
}

/// `a if b else c`; several without parentheses are listed from the inside out.
struct ConditionalNode: Expression {
  let value: any Expression
  let conditions: [(test: any Expression, otherwise: (any Expression)?)]

  func evaluate(_ renderer: inout Renderer) throws(TemplateError) -> Value {
    for (test, otherwise) in conditions.reversed() {
      if try test.evaluate(&renderer).isTrue { continue }
      return try otherwise?.evaluate(&renderer) ?? .undefined("the value of an `if` without `else`")
    }
    return try value.evaluate(&renderer)
  }
}
