/// A value while a template runs. Lists and dicts are shared, as they are in Python.
enum Value {
  /// Nothing; the text says what is missing.
  case undefined(String)
  case none
  case boolean(Bool)
  case integer(Int)
  case double(Double)
  case string(String)
  /// A string that is taken for HTML, as the filters `safe` and `escape` make them.
  case markup(String)
  case list(ListObject)
  case tuple(TupleObject)
  case dict(DictObject)
  case object(RuntimeObject)

  /// The type's name as Python has it.
  var typeName: String {
    switch self {
    case .undefined: "Undefined"
    case .none: "NoneType"
    case .boolean: "bool"
    case .integer: "int"
    case .double: "float"
    case .string: "str"
    case .markup: "Markup"
    case .list: "list"
    case .tuple: "tuple"
    case .dict: "dict"
    case .object(let object): object.typeName
    }
  }

  /// The text of a string of either kind.
  var text: String? {
    switch self {
    case .string(let text), .markup(let text): text
    default: nil
    }
  }

  /// The number of an integer or a boolean, which Python takes for one.
  var integer: Int? {
    switch self {
    case .integer(let number): number
    case .boolean(let value): value ? 1 : 0
    default: nil
    }
  }

  /// The number of any kind of number.
  var number: Double? {
    if case .double(let number) = self { number } else { integer.map(Double.init) }
  }

  /// Whether the value counts as true in a condition.
  var isTrue: Bool {
    switch self {
    case .undefined, .none: false
    case .boolean(let value): value
    case .integer(let number): number != 0
    case .double(let number): number != 0
    case .string(let text), .markup(let text): !text.isEmpty
    case .list(let list): !list.elements.isEmpty
    case .tuple(let tuple): !tuple.elements.isEmpty
    case .dict(let dict): !dict.entries.isEmpty
    case .object(let object): object.count != 0
    }
  }

  var isUndefined: Bool {
    if case .undefined = self { true } else { false }
  }

  var isNone: Bool {
    if case .none = self { true } else { false }
  }

  /// How deep lists and dicts nest in it.
  var depth: Int {
    switch self {
    case .list(let list): list.depth
    case .tuple(let tuple): tuple.depth
    case .dict(let dict): dict.depth
    case .object(let object): object.depth
    default: 0
    }
  }
}

extension TemplateError {
  static func undefined(_ name: String) -> TemplateError {
    TemplateError(.undefined, "\(name) is undefined")
  }

  static var overflow: TemplateError {
    TemplateError(.overflow, "the result needs more than 64 bits")
  }
}
