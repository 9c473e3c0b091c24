extension Renderer {
  /// A value of the context. The lists and dicts are copies.
  func imported(_ value: TemplateValue, depth: Int) throws(TemplateError) -> Value {
    switch value {
    case .none: return .none
    case .boolean(let value): return .boolean(value)
    case .integer(let number): return .integer(number)
    case .double(let number): return .double(number)
    case .string(let text): return .string(text)
    case .array(let elements):
      try checkDepth(depth + 1)
      var values: [Value] = []
      values.reserveCapacity(elements.count)
      var nesting = 1
      for element in elements {
        let value = try imported(element, depth: depth + 1)
        nesting = max(nesting, value.depth + 1)
        values.append(value)
      }
      return .list(ListObject(values, depth: nesting))
    case .object(let object):
      try checkDepth(depth + 1)
      let dict = DictObject()
      for member in object.members {
        dict.set(try imported(member.value, depth: depth + 1), for: .string(member.name))
      }
      return .dict(dict)
    }
  }

  /// One more than the nesting of the deepest element.
  func depth(of elements: [Value]) throws(TemplateError) -> Int {
    var depth = 1
    for element in elements { depth = max(depth, element.depth + 1) }
    try checkDepth(depth)
    return depth
  }

  mutating func list(_ elements: [Value]) throws(TemplateError) -> Value {
    try charge(elements: elements.count)
    return .list(ListObject(elements, depth: try depth(of: elements)))
  }

  mutating func tuple(_ elements: [Value]) throws(TemplateError) -> Value {
    try charge(elements: elements.count)
    return .tuple(TupleObject(elements, depth: try depth(of: elements)))
  }

  /// What Python would compute as it is asked for.
  mutating func iterator(
    _ elements: [Value], name: String = "generator"
  ) throws(TemplateError) -> Value {
    try charge(elements: elements.count)
    return .object(IteratorObject(elements, depth: try depth(of: elements), name: name))
  }

  /// Sets an entry of a dict.
  mutating func set(
    _ value: Value, for key: Value, in dict: DictObject
  ) throws(TemplateError) {
    guard DictKey.isHashable(key) else {
      throw TemplateError(.type, "\(key.typeName) cannot be a key")
    }
    dict.set(value, for: key)
    try checkDepth(dict.depth)
    try step()
    guard dict.entries.count <= options.limits.elements else {
      throw limit("a dict has more than \(options.limits.elements) entries")
    }
  }

  /// The elements of whatever can be iterated.
  mutating func elements(of value: Value) throws(TemplateError) -> [Value] {
    switch value {
    case .undefined: return []
    case .list(let list): return list.elements
    case .tuple(let tuple): return tuple.elements
    case .dict(let dict):
      try charge(elements: dict.entries.count)
      return dict.entries.map(\.key)
    case .string(let text), .markup(let text):
      try charge(elements: text.utf8.count)
      return text.unicodeScalars.map { .string(String($0)) }
    case .object(let object) where object.isIterable:
      try charge(elements: object.count ?? 0)
      return object.takeElements()
    default: throw TemplateError(.type, "\(value.typeName) cannot be iterated")
    }
  }

  /// How many elements or characters there are.
  func length(of value: Value) throws(TemplateError) -> Int {
    switch value {
    case .undefined: return 0
    case .list(let list): return list.elements.count
    case .tuple(let tuple): return tuple.elements.count
    case .dict(let dict): return dict.entries.count
    case .string(let text), .markup(let text): return text.scalarCount
    case .object(let object):
      if let count = object.count { return count }
    default: break
    }
    throw TemplateError(.type, "\(value.typeName) has no length")
  }
}
