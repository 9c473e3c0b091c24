/// A value that is neither a scalar nor a list, tuple or dict: a function, a loop, an iterator.
class RuntimeObject {
  /// How deep lists and dicts nest in it.
  var depth: Int { 0 }
  /// The type's name as Python has it.
  var typeName: String { "object" }
  /// How many elements it has, nil if that cannot be asked.
  var count: Int? { nil }
  var isIterable: Bool { false }
  var isCallable: Bool { false }
  /// Whether it can be indexed.
  var isSequence: Bool { false }
  var isHashable: Bool { true }

  /// Its elements; whoever asks has them, and an iterator has them no more.
  func takeElements() -> [Value] { [] }

  /// What is printed.
  func text(_ renderer: inout Renderer) throws(TemplateError) -> String { "<\(typeName)>" }

  /// An attribute, nil if it has none of that name.
  func attribute(_ name: String) -> Value? { nil }

  /// The result of a call.
  func call(
    _ arguments: Arguments, _ renderer: inout Renderer
  ) throws(TemplateError) -> Value {
    throw TemplateError(.type, "\(typeName) cannot be called")
  }
}

/// What may be part of a cycle, and is taken apart when the template has run.
protocol Clearable: AnyObject {
  func clear()
}

extension ListObject: Clearable {
  func clear() { elements = [] }
}

extension DictObject: Clearable {
  func clear() { removeAll() }
}
