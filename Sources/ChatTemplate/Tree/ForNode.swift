/// `{% for a in b if c %}…{% else %}…{% endfor %}`
struct ForNode: Statement {
  let target: Target
  let elements: any Expression
  let test: (any Expression)?
  let body: Body
  let otherwise: Body?
  let isRecursive: Bool
  /// The number of the name `loop`, if the loop uses it.
  let loopName: NameID?
  /// How many levels of the source one pass through the body adds.
  let levels: Int
  let offset: Int

  func execute(_ renderer: inout Renderer) throws(TemplateError) -> Flow {
    let value = try elements.evaluate(&renderer)
    renderer.offset = offset
    return try run(over: value, depth: 0, &renderer)
  }

  /// Runs the body for each element of a value; a recursive loop calls this anew.
  func run(
    over value: Value, depth: Int, _ renderer: inout Renderer
  ) throws(TemplateError) -> Flow {
    let outer = renderer.scope
    let scope = Scope(parent: outer)
    var values = try renderer.elements(of: value)
    if let test { values = try selected(values, by: test, in: scope, &renderer) }
    if values.isEmpty {
      guard let otherwise else { return .next }
      renderer.scope = scope
      let flow = try otherwise.execute(&renderer)
      renderer.scope = outer
      return flow
    }
    let loop = try loopName.map { (name) throws(TemplateError) in
      (name, try LoopObject(self, values, depth: depth, scope: outer, &renderer))
    }
    renderer.scope = scope
    passes: for (index, value) in values.enumerated() {
      try renderer.step()
      renderer.reuse(scope)
      if let (name, object) = loop {
        object.index = index
        renderer.scope?.set(name, to: .object(object))
      }
      try target.assign(value, &renderer)
      switch try body.execute(&renderer) {
      case .next, .continueLoop: continue
      case .breakLoop: break passes
      }
    }
    renderer.scope = outer
    return .next
  }

  private func selected(
    _ values: [Value], by test: any Expression, in scope: Scope, _ renderer: inout Renderer
  ) throws(TemplateError) -> [Value] {
    let outer = renderer.scope
    renderer.scope = scope
    var selected: [Value] = []
    for value in values {
      try renderer.step()
      renderer.reuse(scope)
      try target.assign(value, &renderer)
      if try test.evaluate(&renderer).isTrue { selected.append(value) }
    }
    renderer.scope = outer
    return selected
  }
}
