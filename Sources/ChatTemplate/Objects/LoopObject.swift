/// The variable `loop`.
final class LoopObject: RuntimeObject, Clearable {
  var index = 0

  private let node: ForNode
  private let elements: [Value]
  private let nesting: Int
  private let level: Int
  private let scope: Scope?
  private var lastChanged: [Value]?
  private var isRetained = false

  init(
    _ node: ForNode, _ elements: [Value], depth level: Int, scope: Scope?,
    _ renderer: inout Renderer
  ) throws(TemplateError) {
    self.node = node
    self.elements = elements
    self.level = level
    self.scope = node.isRecursive ? scope : nil
    nesting = try renderer.depth(of: elements)
    super.init()
    if node.isRecursive { renderer.capture(scope) }
  }

  override var depth: Int { nesting }
  override var typeName: String { "LoopContext" }
  override var count: Int? { elements.count }
  override var isCallable: Bool { true }

  override func attribute(_ name: String) -> Value? {
    switch name {
    case "index": .integer(index + 1)
    case "index0": .integer(index)
    case "revindex": .integer(elements.count - index)
    case "revindex0": .integer(elements.count - index - 1)
    case "first": .boolean(index == 0)
    case "last": .boolean(index == elements.count - 1)
    case "length": .integer(elements.count)
    case "depth": .integer(level + 1)
    case "depth0": .integer(level)
    case "previtem": index > 0 ? elements[index - 1] : .undefined("the item before the first")
    case "nextitem":
      index + 1 < elements.count ? elements[index + 1] : .undefined("the item after the last")
    case "cycle", "changed": .object(MethodObject(.object(self), name))
    default: nil
    }
  }

  func cycle(_ arguments: Arguments) throws(TemplateError) -> Value {
    guard !arguments.positional.isEmpty else {
      throw TemplateError(.type, "there is nothing to cycle through")
    }
    return arguments.positional[index % arguments.positional.count]
  }

  /// Whether the values differ from those of the last call.
  func changed(
    _ values: [Value], _ renderer: inout Renderer
  ) throws(TemplateError) -> Bool {
    if let lastChanged, try renderer.areEqual(lastChanged, values) { return false }
    lastChanged = values
    if !isRetained { renderer.retain(self) }
    isRetained = true
    return true
  }

  /// Runs the loop's body for other elements.
  override func call(
    _ arguments: Arguments, _ renderer: inout Renderer
  ) throws(TemplateError) -> Value {
    guard node.isRecursive else {
      throw TemplateError(.type, "only a recursive loop can be called")
    }
    var reader = ArgumentReader(arguments, of: "loop")
    let value = try reader.required("iterable")
    try reader.finish()
    try renderer.enter(levels: node.levels + 1)
    let text = try renderer.captureText(in: scope) { (renderer) throws(TemplateError) in
      try node.run(over: value, depth: level + 1, &renderer)
    }
    renderer.leave(levels: node.levels + 1)
    return .string(text)
  }

  func clear() { lastChanged = nil }

  override func text(_ renderer: inout Renderer) throws(TemplateError) -> String {
    "<LoopContext \(index + 1)/\(elements.count)>"
  }
}
