/// A part of a template that has a value.
protocol Expression: Sendable {
  func evaluate(_ renderer: inout Renderer) throws(TemplateError) -> Value
}

/// A part of a template that does something.
protocol Statement: Sendable {
  func execute(_ renderer: inout Renderer) throws(TemplateError) -> Flow
}

/// Where to go on after a statement.
enum Flow {
  case next
  /// To the end of the innermost loop.
  case breakLoop
  /// To the next iteration of the innermost loop.
  case continueLoop
}

/// Statements, one after the other.
struct Body: Sendable {
  var statements: [any Statement] = []

  func execute(_ renderer: inout Renderer) throws(TemplateError) -> Flow {
    for statement in statements {
      try renderer.step()
      let flow = try statement.execute(&renderer)
      if flow != .next { return flow }
    }
    return .next
  }
}

/// A name, as a number that is the same all over one template.
struct NameID: Hashable, Sendable {
  var index: Int
}

/// What a template's source becomes.
struct Tree: Sendable {
  var body = Body()
  /// The names that the template uses, by their numbers.
  var names: [String] = []
}

/// The arguments of a call, before they are evaluated.
struct ArgumentList: Sendable {
  var positional: [any Expression] = []
  var named: [(name: String, value: any Expression)] = []
  var spread: (any Expression)?
  var spreadNamed: (any Expression)?

  func evaluate(_ renderer: inout Renderer) throws(TemplateError) -> Arguments {
    var arguments = Arguments()
    arguments.positional.reserveCapacity(positional.count)
    for expression in positional {
      arguments.positional.append(try expression.evaluate(&renderer))
    }
    for (name, expression) in named {
      arguments.named.append((name, try expression.evaluate(&renderer)))
    }
    if let spread {
      let values = try renderer.elements(of: spread.evaluate(&renderer))
      arguments.positional += values
      try renderer.charge(elements: arguments.positional.count)
    }
    if let spreadNamed {
      let value = try spreadNamed.evaluate(&renderer)
      guard case .dict(let dict) = value else {
        throw TemplateError(.type, "only a dict can follow **, not \(value.typeName)")
      }
      for entry in dict.entries {
        guard let name = entry.key.text else {
          throw TemplateError(.type, "names of arguments must be strings")
        }
        guard !arguments.named.contains(where: { $0.name.isExactly(name) }) else {
          throw TemplateError(.type, "two values for the argument \(name)")
        }
        arguments.named.append((name, entry.value))
      }
    }
    return arguments
  }
}
