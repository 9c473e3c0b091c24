/// `namespace(…)`: names that a template may set from within a loop.
final class NamespaceObject: RuntimeObject, Clearable {
  let members = DictObject()

  override var depth: Int { members.depth }
  override var typeName: String { "Namespace" }
  override func attribute(_ name: String) -> Value? { members.value(for: .string(name)) }

  override func text(_ renderer: inout Renderer) throws(TemplateError) -> String {
    "<Namespace \(try renderer.representation(of: .dict(members)))>"
  }

  func clear() { members.removeAll() }
}

/// `range(…)`
final class RangeObject: RuntimeObject {
  let start: Int
  let stop: Int
  let step: Int
  private let length: Int

  init(start: Int, stop: Int, step: Int, length: Int) {
    self.start = start
    self.stop = stop
    self.step = step
    self.length = length
  }

  override var typeName: String { "range" }
  override var count: Int? { length }
  override var isIterable: Bool { true }
  override var isSequence: Bool { true }
  override func takeElements() -> [Value] { (0..<length).map { .integer(start &+ $0 &* step) } }

  override func text(_ renderer: inout Renderer) throws(TemplateError) -> String {
    step == 1 ? "range(\(start), \(stop))" : "range(\(start), \(stop), \(step))"
  }
}

/// What Python computes as it is asked for: the elements can be had once.
final class IteratorObject: RuntimeObject {
  private var elements: ArraySlice<Value>
  private let nesting: Int
  private let name: String

  init(_ elements: [Value], depth: Int, name: String = "generator") {
    self.elements = elements[...]
    nesting = depth
    self.name = name
  }

  override var depth: Int { nesting }
  override var typeName: String { name }
  override var isIterable: Bool { true }
  override func text(_ renderer: inout Renderer) throws(TemplateError) -> String {
    "<\(name) object>"
  }

  override func takeElements() -> [Value] {
    defer { elements = [] }
    return Array(elements)
  }

  /// The first element that is left.
  func takeFirst() -> Value? { elements.popFirst() }
}

/// `d.keys()`, `d.values()`, `d.items()`
final class ViewObject: RuntimeObject {
  enum Part: String {
    case keys, values, items
  }

  let dict: DictObject
  let part: Part

  init(_ dict: DictObject, _ part: Part) {
    self.dict = dict
    self.part = part
  }

  override var depth: Int { dict.depth + 1 }
  override var typeName: String { "dict_\(part.rawValue)" }
  override var count: Int? { dict.entries.count }
  override var isIterable: Bool { true }
  override var isHashable: Bool { part == .values }

  override func takeElements() -> [Value] {
    switch part {
    case .keys: dict.entries.map(\.key)
    case .values: dict.entries.map(\.value)
    case .items: dict.entries.map { .tuple(TupleObject([$0.key, $0.value], depth: dict.depth)) }
    }
  }

  override func text(_ renderer: inout Renderer) throws(TemplateError) -> String {
    let list = Value.list(ListObject(takeElements(), depth: depth))
    return "\(typeName)(\(try renderer.representation(of: list)))"
  }
}

/// `cycler(…)`
final class CyclerObject: RuntimeObject {
  private let elements: [Value]
  private let nesting: Int
  private var position = 0

  init(_ elements: [Value], depth: Int) {
    self.elements = elements
    nesting = depth
  }

  override var depth: Int { nesting }
  override var typeName: String { "Cycler" }

  override func attribute(_ name: String) -> Value? {
    switch name {
    case "current": elements[position]
    case "next", "reset": .object(MethodObject(.object(self), name))
    default: nil
    }
  }

  func next() -> Value {
    defer { position = (position + 1) % elements.count }
    return elements[position]
  }

  func reset() { position = 0 }
}

/// `joiner(…)`: nothing at its first call, the separator afterwards.
final class JoinerObject: RuntimeObject {
  private let separator: Value
  private var isUsed = false

  init(_ separator: Value) { self.separator = separator }

  override var depth: Int { separator.depth + 1 }
  override var typeName: String { "Joiner" }
  override var isCallable: Bool { true }

  override func call(
    _ arguments: Arguments, _ renderer: inout Renderer
  ) throws(TemplateError) -> Value {
    defer { isUsed = true }
    return isUsed ? separator : .string("")
  }
}

/// A method with the value that it belongs to.
final class MethodObject: RuntimeObject {
  private let owner: Value
  private let name: String

  init(_ owner: Value, _ name: String) {
    self.owner = owner
    self.name = name
  }

  override var depth: Int { owner.depth + 1 }
  override var typeName: String { "builtin_function_or_method" }
  override var isCallable: Bool { true }

  override func call(
    _ arguments: Arguments, _ renderer: inout Renderer
  ) throws(TemplateError) -> Value {
    try renderer.callMethod(name, of: owner, arguments)
  }

  override func text(_ renderer: inout Renderer) throws(TemplateError) -> String {
    "<built-in method \(name) of \(owner.typeName) object>"
  }
}

/// A function that every template has.
final class FunctionObject: RuntimeObject {
  private let function: GlobalFunction

  init(_ function: GlobalFunction) { self.function = function }

  override var typeName: String { "function" }
  override var isCallable: Bool { true }

  override func call(
    _ arguments: Arguments, _ renderer: inout Renderer
  ) throws(TemplateError) -> Value {
    try renderer.callGlobal(function, arguments)
  }
}
