/// The state of one run of a template.
struct Renderer {
  let options: TemplateOptions
  /// What is written so far, or since the capture began.
  private(set) var output = ""
  /// The innermost scope, nil at the top.
  var scope: Scope?
  /// The byte of the source that is being worked on, for messages.
  var offset = 0

  /// The names of the top, by their numbers.
  private var globals: [Value]
  private var steps = 0
  private var levels = 0
  /// How deep the values are that are being compared or written.
  var nesting = 0
  private var written = 0
  private var retained: [any Clearable] = []

  init(_ tree: Tree, _ context: TemplateObject, _ options: TemplateOptions) throws(TemplateError) {
    self.options = options
    globals = []
    globals.reserveCapacity(tree.names.count)
    for name in tree.names {
      if let value = context[name] {
        globals.append(try imported(value, depth: 0))
      } else if let function = GlobalFunction(rawValue: name),
        function != .strftimeNow || options.now != nil
      {
        globals.append(.object(FunctionObject(function)))
      } else {
        globals.append(.undefined(name))
      }
    }
  }

  /// Runs the template and returns what it wrote.
  mutating func run(_ body: Body) throws(TemplateError) -> String {
    _ = try body.execute(&self)
    return output
  }

  /// Takes apart what may be a cycle. To be called when the template has run.
  mutating func clear() {
    globals = []
    for object in retained { object.clear() }
    retained = []
  }

  // MARK: Names

  func value(of name: NameID) -> Value {
    var scope = scope
    while let current = scope {
      if let value = current.value(of: name) { return value }
      scope = current.parent
    }
    return globals[name.index]
  }

  mutating func set(_ name: NameID, to value: Value) {
    if let scope { scope.set(name, to: value) } else { globals[name.index] = value }
  }

  /// Makes a loop's scope ready for another pass.
  mutating func reuse(_ scope: Scope) {
    if scope.isCaptured {
      self.scope = Scope(parent: scope.parent)
    } else {
      scope.clear()
      self.scope = scope
    }
  }

  /// Remembers that a scope, and those around it, are referred to.
  mutating func capture(_ scope: Scope?) {
    var scope = scope
    while let current = scope, !current.isCaptured {
      current.isCaptured = true
      retained.append(current)
      scope = current.parent
    }
  }

  mutating func retain(_ object: any Clearable) { retained.append(object) }

  mutating func macro(_ definition: MacroDefinition) -> MacroObject {
    capture(scope)
    return MacroObject(definition, scope: scope)
  }

  // MARK: Output

  mutating func write(_ text: String) throws(TemplateError) {
    try charge(bytes: text.utf8.count)
    written += text.utf8.count
    guard written <= options.limits.outputBytes else {
      throw limit("the text is longer than \(options.limits.outputBytes) bytes")
    }
    output += text
  }

  mutating func write(value: Value) throws(TemplateError) { try write(text(of: value)) }

  /// What a body writes.
  mutating func capture(_ body: Body, in scope: Scope) throws(TemplateError) -> String {
    try captureText(in: scope) { (renderer) throws(TemplateError) in
      try body.execute(&renderer)
    }
  }

  /// What is written while `run` runs.
  mutating func captureText(
    in scope: Scope?, _ run: (inout Renderer) throws(TemplateError) -> Flow
  ) throws(TemplateError) -> String {
    let outer = (self.scope, output, written)
    (self.scope, output) = (scope, "")
    _ = try run(&self)
    let text = output
    (self.scope, output, written) = outer
    try checkSize(of: text)
    return text
  }

  // MARK: Limits

  func limit(_ message: String) -> TemplateError { TemplateError(.limitExceeded, message) }

  mutating func step() throws(TemplateError) { try charge(1) }

  mutating func charge(_ work: Int) throws(TemplateError) {
    steps += work
    guard steps <= options.limits.steps else {
      throw limit("the template does more than \(options.limits.steps) steps")
    }
  }

  mutating func charge(bytes: Int) throws(TemplateError) { try charge(1 + bytes / 16) }

  /// Counts the elements of a new list.
  mutating func charge(elements: Int) throws(TemplateError) {
    guard elements <= options.limits.elements else {
      throw limit("a list is longer than \(options.limits.elements) elements")
    }
    try charge(1 + elements)
  }

  func checkSize(of text: String) throws(TemplateError) { try checkSize(bytes: text.utf8.count) }

  func checkSize(bytes: Int) throws(TemplateError) {
    guard bytes <= options.limits.stringBytes else {
      throw limit("a string is longer than \(options.limits.stringBytes) bytes")
    }
  }

  /// The text, its making counted.
  mutating func charged(_ text: String) throws(TemplateError) -> String {
    try checkSize(of: text)
    try charge(bytes: text.utf8.count)
    return text
  }

  func checkDepth(_ depth: Int) throws(TemplateError) {
    guard depth <= options.limits.valueNesting else {
      throw limit("a value nests deeper than \(options.limits.valueNesting)")
    }
  }

  /// Begins a call that adds levels of nesting.
  mutating func enter(levels: Int) throws(TemplateError) {
    try step()
    self.levels += levels
    guard self.levels <= options.limits.callNesting else {
      throw limit("macros and recursive loops nest deeper than \(options.limits.callNesting)")
    }
  }

  mutating func leave(levels: Int) { self.levels -= levels }
}
