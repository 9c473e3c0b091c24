/// The filters of Jinja2. `random` is not among them: the same context gives the same text.
enum FilterName: String {
  case abs, attr, batch, capitalize, center, count, d, `default`, dictsort, e, escape
  case filesizeformat, first, float, forceescape, format, groupby, indent, int, items, join, last
  case length, list, lower, map, max, min, pprint, reject, rejectattr, replace, reverse, round
  case safe, select, selectattr, slice, sort, string, striptags, sum, title, tojson, trim
  case truncate, unique, upper, urlencode, wordcount, wordwrap, xmlattr
}

extension Renderer {
  /// The value after a filter.
  mutating func filter(
    _ name: String, _ value: Value, _ arguments: Arguments
  ) throws(TemplateError) -> Value {
    guard let filter = FilterName(rawValue: name) else {
      throw TemplateError(.syntax, "there is no filter \(name)")
    }
    var reader = ArgumentReader(arguments, of: name)
    switch filter {
    case .map, .select, .reject, .selectattr, .rejectattr:
      return try iterate(filter, value, arguments)
    case .format: return try formatFilter(value, arguments)
    default: break
    }
    let result = try apply(filter, value, &reader)
    try reader.finish()
    return result
  }

  private mutating func apply(
    _ filter: FilterName, _ value: Value, _ reader: inout ArgumentReader
  ) throws(TemplateError) -> Value {
    switch filter {
    case .abs, .float, .int, .round, .filesizeformat, .sum:
      try number(filter, value, &reader)
    case .upper, .lower, .title, .capitalize, .trim, .replace, .center, .indent, .truncate,
      .wordcount, .wordwrap, .string, .pprint, .safe, .escape, .e, .forceescape, .striptags,
      .urlencode, .xmlattr:
      try text(filter, value, &reader)
    case .tojson: .string(try jsonFilter(value, &reader))
    default: try sequence(filter, value, &reader)
    }
  }

  // MARK: Attributes

  /// Looks up `a.b.0` step by step, as filters with an attribute do.
  struct AttributePath {
    let steps: [Value]
    let initial: Value?

    init(_ value: Value?, initial: Value? = nil) {
      self.initial = initial
      switch value {
      case nil, .some(.none): steps = []
      case .some(let value):
        if let text = value.text {
          steps = text.split(separator: ".", omittingEmptySubsequences: false).map { part in
            let isIndex = !part.isEmpty && part.utf8.allSatisfy { 48...57 ~= $0 }
            return isIndex
              ? Int(part).map(Value.integer) ?? .string(String(part))
              : .string(String(part))
          }
        } else {
          steps = [value]
        }
      }
    }
  }

  mutating func value(at path: AttributePath, of value: Value) throws(TemplateError) -> Value {
    var value = value
    for part in path.steps {
      try step()
      value = try item(part, of: value)
      if value.isUndefined, let initial = path.initial { value = initial }
    }
    return value
  }

  /// `map`, `select` and their like, which apply other filters and tests.
  private mutating func iterate(
    _ filter: FilterName, _ value: Value, _ arguments: Arguments
  ) throws(TemplateError) -> Value {
    guard value.isTrue else { return try iterator([]) }
    var rest = arguments
    if filter == .map { return try map(value, &rest) }
    var path = AttributePath(nil)
    if filter == .selectattr || filter == .rejectattr {
      guard !rest.positional.isEmpty else {
        throw TemplateError(.type, "\(filter.rawValue) needs the name of an attribute")
      }
      path = AttributePath(rest.positional.removeFirst())
    }
    var test: String?
    if !rest.positional.isEmpty {
      let name = rest.positional.removeFirst()
      guard let text = name.text else {
        throw TemplateError(.type, "\(filter.rawValue) needs the name of a test")
      }
      test = text
    }
    let isSelection = filter == .select || filter == .selectattr
    var result: [Value] = []
    for element in try elements(of: value) {
      try step()
      let part = try self.value(at: path, of: element)
      let isTrue =
        if let test { try self.test(test, part, rest) } else { part.isTrue }
      if isTrue == isSelection { result.append(element) }
    }
    return try iterator(result)
  }

  private mutating func map(
    _ value: Value, _ arguments: inout Arguments
  ) throws(TemplateError) -> Value {
    var result: [Value] = []
    if arguments.positional.isEmpty,
      let index = arguments.named.firstIndex(where: { $0.name == "attribute" })
    {
      let attribute = arguments.named.remove(at: index).value
      var reader = ArgumentReader(arguments, of: "map")
      let initial = try reader.next("default")
      try reader.finish()
      let path = AttributePath(attribute, initial: initial.flatMap { $0.isNone ? nil : $0 })
      for element in try elements(of: value) {
        result.append(try self.value(at: path, of: element))
      }
    } else {
      guard let name = arguments.positional.first?.text else {
        throw TemplateError(.type, "map needs the name of a filter, or an attribute")
      }
      arguments.positional.removeFirst()
      for element in try elements(of: value) {
        result.append(
          try nested { (renderer) throws(TemplateError) in
            try renderer.filter(name, element, arguments)
          })
      }
    }
    return try iterator(result)
  }
}
