/// The arguments of a call.
struct Arguments {
  var positional: [Value] = []
  var named: [(name: String, value: Value)] = []
}

/// Gives a function its parameters, one after the other, wherever they are among the arguments.
struct ArgumentReader {
  private var positional: ArraySlice<Value>
  private var named: [(name: String, value: Value)]
  private let function: String

  init(_ arguments: Arguments, of function: String) {
    positional = arguments.positional[...]
    named = arguments.named
    self.function = function
  }

  /// The next parameter, nil if it was not given.
  mutating func next(_ name: String) throws(TemplateError) -> Value? {
    let position = named.firstIndex { $0.name == name }
    if let value = positional.popFirst() {
      if position != nil {
        throw TemplateError(.type, "\(function) was given \(name) twice")
      }
      return value
    }
    return position.map { named.remove(at: $0).value }
  }

  mutating func required(_ name: String) throws(TemplateError) -> Value {
    guard let value = try next(name) else {
      throw TemplateError(.type, "\(function) needs the argument \(name)")
    }
    return value
  }

  /// The next parameter as an integer.
  mutating func integer(_ name: String) throws(TemplateError) -> Int? {
    guard let value = try next(name) else { return nil }
    return try integer(name, value)
  }

  /// The next parameter as an integer; none is as good as nothing.
  mutating func optionalInteger(_ name: String) throws(TemplateError) -> Int? {
    guard let value = try next(name), !value.isNone else { return nil }
    return try integer(name, value)
  }

  private func integer(_ name: String, _ value: Value) throws(TemplateError) -> Int {
    if case .undefined(let missing) = value { throw .undefined(missing) }
    guard let number = value.integer else {
      throw TemplateError(
        .type, "\(name) of \(function) is an integer, not \(value.typeName)")
    }
    return number
  }

  /// The next parameter as a string.
  mutating func text(_ name: String) throws(TemplateError) -> String? {
    guard let value = try next(name) else { return nil }
    guard let text = value.text else {
      throw TemplateError(.type, "\(name) of \(function) is a string, not \(value.typeName)")
    }
    return text
  }

  /// The next parameter as a string; none is as good as nothing.
  mutating func optionalText(_ name: String) throws(TemplateError) -> String? {
    guard let value = try next(name), !value.isNone else { return nil }
    guard let text = value.text else {
      throw TemplateError(.type, "\(name) of \(function) is a string, not \(value.typeName)")
    }
    return text
  }

  /// The next parameter as a condition.
  mutating func flag(_ name: String) throws(TemplateError) -> Bool {
    try next(name)?.isTrue ?? false
  }

  /// All positional arguments that are left.
  mutating func rest() -> [Value] {
    defer { positional = [] }
    return Array(positional)
  }

  /// Fails if an argument was not asked for.
  func finish() throws(TemplateError) {
    if let first = named.first {
      throw TemplateError(.type, "\(function) has no argument \(first.name)")
    }
    if !positional.isEmpty {
      throw TemplateError(.type, "\(function) was given too many arguments")
    }
  }
}
