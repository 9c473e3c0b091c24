extension Renderer {
  /// Filters of lists, and of values of any kind.
  mutating func sequence(
    _ filter: FilterName, _ value: Value, _ reader: inout ArgumentReader
  ) throws(TemplateError) -> Value {
    switch filter {
    case .length, .count: return .integer(try length(of: value))
    case .default, .d:
      let other = try reader.next("default_value") ?? .string("")
      let isBoolean = try reader.flag("boolean")
      return value.isUndefined || (isBoolean && !value.isTrue) ? other : value
    case .attr:
      guard let name = try reader.required("name").text else { return .undefined("the attribute") }
      if case .dict = value, DictMethod(rawValue: name) == nil { return .undefined(name) }
      return try attribute(name, of: value)
    case .first: return try first(of: value)
    case .last: return try last(of: value)
    case .join: return try joined(value, &reader)
    case .list: return try list(elements(of: value))
    case .items: return try items(of: value)
    case .dictsort: return try sortedEntries(of: value, &reader)
    case .sort: return try sorted(value, &reader)
    case .min, .max: return try extreme(of: value, isMaximum: filter == .max, &reader)
    case .unique: return try unique(value, &reader)
    case .groupby: return try grouped(value, &reader)
    case .reverse: return try reversed(value)
    case .batch: return try batches(of: value, &reader)
    case .slice: return try slices(of: value, &reader)
    default: return value
    }
  }

  private mutating func first(of value: Value) throws(TemplateError) -> Value {
    if case .object(let object) = value, let iterator = object as? IteratorObject {
      return iterator.takeFirst() ?? .undefined("the first element")
    }
    return try elements(of: value).first ?? .undefined("the first element")
  }

  private mutating func last(of value: Value) throws(TemplateError) -> Value {
    if case .object(let object) = value, object.isIterable, object.count == nil {
      throw TemplateError(.type, "\(value.typeName) cannot be reversed")
    }
    return try elements(of: value).last ?? .undefined("the last element")
  }

  private mutating func joined(
    _ value: Value, _ reader: inout ArgumentReader
  ) throws(TemplateError) -> Value {
    let separator = try text(of: reader.next("d") ?? .string(""))
    let path = AttributePath(try reader.next("attribute"))
    var result = ""
    for (index, element) in try elements(of: value).enumerated() {
      if index > 0 { result += separator }
      result += try text(of: self.value(at: path, of: element))
      try checkSize(of: result)
    }
    return .string(try charged(result))
  }

  private mutating func items(of value: Value) throws(TemplateError) -> Value {
    switch value {
    case .undefined: return try iterator([])
    case .dict(let dict): return try iterator(ViewObject(dict, .items).takeElements())
    default: throw TemplateError(.type, "only a dict has items, not \(value.typeName)")
    }
  }

  private mutating func reversed(_ value: Value) throws(TemplateError) -> Value {
    switch value {
    case .string(let text), .markup(let text):
      var view = String.UnicodeScalarView()
      view.append(contentsOf: text.unicodeScalars.reversed())
      return wrap(String(view), like: value)
    case .object(let object) where object is IteratorObject:
      return try list(elements(of: value).reversed())
    default: return try iterator(elements(of: value).reversed(), name: "reversed")
    }
  }

  private mutating func batches(
    of value: Value, _ reader: inout ArgumentReader
  ) throws(TemplateError) -> Value {
    let size = try reader.integer("linecount") ?? 0
    let fill = try reader.next("fill_with") ?? .none
    var result: [Value] = []
    var batch: [Value] = []
    for element in try elements(of: value) {
      // As Jinja2 does, a size below one makes one batch of all, and a first one that is empty
      // for zero.
      if batch.count == size {
        result.append(try list(batch))
        batch = []
      }
      batch.append(element)
    }
    if !batch.isEmpty {
      if !fill.isNone, batch.count < size {
        try charge(elements: size)
        batch += [Value](repeating: fill, count: size - batch.count)
      }
      result.append(try list(batch))
    }
    return try iterator(result)
  }

  private mutating func slices(
    of value: Value, _ reader: inout ArgumentReader
  ) throws(TemplateError) -> Value {
    let count = try reader.integer("slices") ?? 0
    let fill = try reader.next("fill_with") ?? .none
    guard count != 0 else { throw TemplateError(.value, "division by zero") }
    let elements = try elements(of: value)
    try charge(elements: max(0, count))
    var result: [Value] = []
    var start = 0
    for index in 0..<max(0, count) {
      let isLonger = index < elements.count % count
      let end = start + elements.count / count + (isLonger ? 1 : 0)
      var part = Array(elements[start..<end])
      if !fill.isNone, !isLonger { part.append(fill) }
      result.append(try list(part))
      start = end
    }
    return try iterator(result)
  }
}
