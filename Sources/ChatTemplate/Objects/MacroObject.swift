/// A macro with the scope in which it was defined, or the block of a call.
final class MacroObject: RuntimeObject {
  private let definition: MacroDefinition
  private let scope: Scope?

  init(_ definition: MacroDefinition, scope: Scope?) {
    self.definition = definition
    self.scope = scope
  }

  override var typeName: String { "Macro" }
  override var isCallable: Bool { true }

  override func attribute(_ name: String) -> Value? {
    switch name {
    case "name": .string(definition.name)
    case "arguments":
      .tuple(TupleObject(definition.parameters.map { .string($0.text) }, depth: 1))
    case "catch_kwargs": .boolean(definition.others.named != nil)
    case "catch_varargs": .boolean(definition.others.arguments != nil)
    case "caller": .boolean(definition.others.caller != nil)
    default: nil
    }
  }

  override func text(_ renderer: inout Renderer) throws(TemplateError) -> String {
    "<Macro '\(definition.name)'>"
  }

  override func call(
    _ arguments: Arguments, _ renderer: inout Renderer
  ) throws(TemplateError) -> Value {
    try renderer.enter(levels: definition.levels)
    let inner = Scope(parent: scope)
    try bind(arguments, in: inner, &renderer)
    let text = try renderer.capture(definition.body, in: inner)
    renderer.leave(levels: definition.levels)
    return .string(text)
  }

  private func bind(
    _ arguments: Arguments, in inner: Scope, _ renderer: inout Renderer
  ) throws(TemplateError) {
    var named = arguments.named
    var missing: [(name: NameID, text: String, initial: (any Expression)?)] = []
    for (index, parameter) in definition.parameters.enumerated() {
      if index < arguments.positional.count {
        inner.set(parameter.name, to: arguments.positional[index])
      } else if let position = named.firstIndex(where: { $0.name.isExactly(parameter.text) }) {
        inner.set(parameter.name, to: named.remove(at: position).value)
      } else {
        missing.append(parameter)
      }
    }
    try bindOthers(arguments, &named, in: inner, &renderer)
    // Defaults are evaluated at each call, and see the other parameters.
    let outer = renderer.scope
    renderer.scope = inner
    for parameter in missing {
      let value =
        try parameter.initial?.evaluate(&renderer)
        ?? .undefined("the parameter \(parameter.text)")
      inner.set(parameter.name, to: value)
    }
    renderer.scope = outer
  }

  /// Passes on what no parameter took, or fails if the body does not ask for it.
  private func bindOthers(
    _ arguments: Arguments, _ named: inout [(name: String, value: Value)], in inner: Scope,
    _ renderer: inout Renderer
  ) throws(TemplateError) {
    let others = definition.others
    if let caller = others.caller {
      let position = named.firstIndex { $0.name == "caller" }
      let value = position.map { named.remove(at: $0).value }
      inner.set(caller, to: value ?? .undefined("the caller"))
    }
    if let name = others.named {
      let dict = DictObject()
      for argument in named {
        try renderer.set(argument.value, for: .string(argument.name), in: dict)
      }
      inner.set(name, to: .dict(dict))
    } else if let first = named.first {
      throw TemplateError(
        .type, "the macro \(definition.name) takes no argument \(first.name)")
    }
    let rest = Array(arguments.positional.dropFirst(definition.parameters.count))
    if let name = others.arguments {
      inner.set(name, to: try renderer.tuple(rest))
    } else if !rest.isEmpty {
      throw TemplateError(
        .type,
        "the macro \(definition.name) takes at most \(definition.parameters.count) arguments")
    }
  }
}
