/// The tests of Jinja2.
enum TestName: String {
  case boolean, callable, defined, undefined, divisibleby, escaped, even, odd, filter, test
  case `false`, `true`, float, integer, number, string, mapping, sequence, iterable, none
  case lower, upper, sameas
  case within = "in"
  case equal = "=="
  case eq, equalto
  case notEqual = "!="
  case ne
  case greater = ">"
  case gt, greaterthan
  case greaterOrEqual = ">="
  case ge
  case less = "<"
  case lt, lessthan
  case lessOrEqual = "<="
  case le

  /// The comparison that the test is another name for.
  var comparison: Comparison? {
    switch self {
    case .equal, .eq, .equalto: .equal
    case .notEqual, .ne: .notEqual
    case .greater, .gt, .greaterthan: .greater
    case .greaterOrEqual, .ge: .greaterOrEqual
    case .less, .lt, .lessthan: .less
    case .lessOrEqual, .le: .lessOrEqual
    case .within: .within
    default: nil
    }
  }
}

extension Renderer {
  /// Whether a value passes a test.
  mutating func test(
    _ name: String, _ value: Value, _ arguments: Arguments
  ) throws(TemplateError) -> Bool {
    guard let test = TestName(rawValue: name) else {
      throw TemplateError(.syntax, "there is no test \(name)")
    }
    var reader = ArgumentReader(arguments, of: name)
    let result: Bool
    if let comparison = test.comparison {
      let other = try reader.required(test == .within ? "seq" : "other")
      result = try compare(value, comparison, other)
    } else {
      result = try isPassed(test, value, &reader)
    }
    try reader.finish()
    return result
  }

  private mutating func isPassed(
    _ test: TestName, _ value: Value, _ reader: inout ArgumentReader
  ) throws(TemplateError) -> Bool {
    switch test {
    case .defined: return !value.isUndefined
    case .undefined: return value.isUndefined
    case .none: return value.isNone
    case .boolean: if case .boolean = value { return true } else { return false }
    case .true: if case .boolean(true) = value { return true } else { return false }
    case .false: if case .boolean(false) = value { return true } else { return false }
    case .integer: if case .integer = value { return true } else { return false }
    case .float: if case .double = value { return true } else { return false }
    case .number: return value.number != nil
    case .string: return value.text != nil
    case .mapping: if case .dict = value { return true } else { return false }
    case .sequence: return value.isSequence
    case .iterable: return value.isIterable
    case .callable:
      switch value {
      case .object(let object): return object.isCallable
      default: return value.isUndefined
      }
    case .escaped: return value.isMarkup
    case .even, .odd:
      let rest = try combine(value, .modulo, .integer(2))
      return try areEqual(rest, .integer(test == .even ? 0 : 1))
    case .divisibleby:
      let rest = try combine(value, .modulo, reader.required("num"))
      return try areEqual(rest, .integer(0))
    case .lower, .upper:
      let text = try text(of: value)
      return StringMethod.hasCase(text, isUpper: test == .upper)
    case .sameas: return value.isSame(as: try reader.required("other"))
    case .filter: return value.text.map { FilterName(rawValue: $0) != nil } ?? false
    case .test: return value.text.map { TestName(rawValue: $0) != nil } ?? false
    default: return false
    }
  }
}

extension Value {
  /// Whether it has a length and can be indexed.
  var isSequence: Bool {
    switch self {
    case .undefined, .string, .markup, .list, .tuple, .dict: true
    case .object(let object): object.isSequence
    case .none, .boolean, .integer, .double: false
    }
  }

  /// Whether both are one and the same. Equal small scalars are, as in Python.
  func isSame(as other: Value) -> Bool {
    switch (self, other) {
    case (.none, .none): true
    case (.boolean(let a), .boolean(let b)): a == b
    case (.integer(let a), .integer(let b)): a == b
    case (.double(let a), .double(let b)): a == b
    case (.string(let a), .string(let b)): a.isExactly(b)
    case (.list(let a), .list(let b)): a === b
    case (.tuple(let a), .tuple(let b)): a === b
    case (.dict(let a), .dict(let b)): a === b
    case (.object(let a), .object(let b)): a === b
    default: false
    }
  }
}
