/// A value and what is done with it: attributes, subscripts, calls, filters, tests. Flat, so that a
/// long chain is not deep.
struct PostfixNode: Expression {
  enum Link: Sendable {
    /// `.name`
    case attribute(String)
    /// `[key]`
    case subscripted(any Expression)
    /// `[a:b:c]`
    case slice([(any Expression)?])
    /// `.name(…)`
    case method(String, ArgumentList)
    /// `(…)`
    case call(ArgumentList)
    /// `|name(…)`
    case filter(String, ArgumentList)
    /// `is name(…)`
    case test(String, ArgumentList, isNegated: Bool)
  }

  let base: any Expression
  var links: [(link: Link, offset: Int)]

  func evaluate(_ renderer: inout Renderer) throws(TemplateError) -> Value {
    var value = try base.evaluate(&renderer)
    for (link, offset) in links {
      try renderer.step()
      value = try apply(link, at: offset, to: value, &renderer)
    }
    return value
  }

  private func apply(
    _ link: Link, at offset: Int, to value: Value, _ renderer: inout Renderer
  ) throws(TemplateError) -> Value {
    switch link {
    case .attribute(let name):
      renderer.offset = offset
      return try renderer.attribute(name, of: value)
    case .subscripted(let key):
      let key = try key.evaluate(&renderer)
      renderer.offset = offset
      return try renderer.item(key, of: value)
    case .slice(let bounds):
      return try slice(value, bounds, at: offset, &renderer)
    case .method(let name, let list):
      let arguments = try list.evaluate(&renderer)
      renderer.offset = offset
      return try renderer.callMethod(name, of: value, arguments)
    case .call(let list):
      let arguments = try list.evaluate(&renderer)
      renderer.offset = offset
      return try renderer.call(value, arguments)
    case .filter(let name, let list):
      let arguments = try list.evaluate(&renderer)
      renderer.offset = offset
      return try renderer.filter(name, value, arguments)
    case .test(let name, let list, let isNegated):
      let arguments = try list.evaluate(&renderer)
      renderer.offset = offset
      return .boolean(try renderer.test(name, value, arguments) != isNegated)
    }
  }

  private func slice(
    _ value: Value, _ bounds: [(any Expression)?], at offset: Int, _ renderer: inout Renderer
  ) throws(TemplateError) -> Value {
    var numbers: [Int?] = []
    for bound in bounds {
      guard let bound else {
        numbers.append(nil)
        continue
      }
      let value = try bound.evaluate(&renderer)
      renderer.offset = offset
      switch value {
      case .none: numbers.append(nil)
      default:
        guard let number = value.integer else {
          throw TemplateError(.type, "slices go from integer to integer, not \(value.typeName)")
        }
        numbers.append(number)
      }
    }
    renderer.offset = offset
    return try renderer.slice(value, from: numbers[0], to: numbers[1], step: numbers[2])
  }
}
