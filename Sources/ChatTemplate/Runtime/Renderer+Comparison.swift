extension Renderer {
  mutating func compare(
    _ left: Value, _ comparison: Comparison, _ right: Value
  ) throws(TemplateError) -> Bool {
    try step()
    return switch comparison {
    case .equal: try areEqual(left, right)
    case .notEqual: !(try areEqual(left, right))
    case .less: try order(left, right, "<").isLess
    case .lessOrEqual: try order(left, right, "<=").isLessOrEqual
    case .greater: try order(right, left, ">").isLess
    case .greaterOrEqual: try order(right, left, ">=").isLessOrEqual
    case .within: try contains(right, left)
    case .notWithin: !(try contains(right, left))
    }
  }

  /// Python's `==`.
  mutating func areEqual(_ left: Value, _ right: Value) throws(TemplateError) -> Bool {
    switch (left, right) {
    case (.string(let a), .string(let b)): return a.isExactly(b)
    case (.list(let a), .list(let b)):
      if a === b { return true }
      return try areEqual(a.elements, b.elements)
    case (.tuple(let a), .tuple(let b)): return try areEqual(a.elements, b.elements)
    case (.dict(let a), .dict(let b)):
      if a === b { return true }
      guard a.entries.count == b.entries.count else { return false }
      for entry in a.entries {
        try step()
        guard let other = b.value(for: entry.key) else { return false }
        guard
          try nested({ (renderer) throws(TemplateError) in
            try renderer.areEqual(entry.value, other)
          })
        else { return false }
      }
      return true
    case (.object(let a), .object(let b)):
      if a === b { return true }
      guard a.typeName == b.typeName else { return false }
      if a is RangeObject { return try areEqual(a.takeElements(), b.takeElements()) }
      if let a = a as? ViewObject, a.part != .values {
        return try areEqual(a.takeElements(), b.takeElements())
      }
      return false
    default: return DictKey.areEqual(left, right)
    }
  }

  mutating func areEqual(_ left: [Value], _ right: [Value]) throws(TemplateError) -> Bool {
    guard left.count == right.count else { return false }
    for (a, b) in zip(left, right) {
      try step()
      guard
        try nested({ (renderer) throws(TemplateError) in
          try renderer.areEqual(a, b)
        })
      else { return false }
    }
    return true
  }

  /// Runs something a level deeper: changed lists and dicts may contain themselves.
  mutating func nested<Result>(
    _ run: (inout Renderer) throws(TemplateError) -> Result
  ) throws(TemplateError) -> Result {
    nesting += 1
    guard nesting <= options.limits.valueNesting else {
      throw limit("a value nests deeper than \(options.limits.valueNesting)")
    }
    let result = try run(&self)
    nesting -= 1
    return result
  }

  /// How two values are ordered; neither is less than the other if one is not a number.
  struct Order {
    var isLess: Bool
    var isLessOrEqual: Bool
  }

  /// The order of values that have one.
  mutating func order(
    _ left: Value, _ right: Value, _ symbol: String = "<"
  ) throws(TemplateError) -> Order {
    try step()
    if let a = left.text, let b = right.text {
      let isLess = a.precedes(b)
      return Order(isLess: isLess, isLessOrEqual: isLess || a.isExactly(b))
    }
    if let a = left.integer, let b = right.integer {
      return Order(isLess: a < b, isLessOrEqual: a <= b)
    }
    if let a = left.number, let b = right.number {
      return Order(isLess: a < b, isLessOrEqual: a <= b)
    }
    switch (left, right) {
    case (.list(let a), .list(let b)): return try order(a.elements, b.elements, symbol)
    case (.tuple(let a), .tuple(let b)): return try order(a.elements, b.elements, symbol)
    case (.undefined(let name), _), (_, .undefined(let name)): throw .undefined(name)
    default:
      throw TemplateError(
        .type, "\(left.typeName) and \(right.typeName) have no order for \(symbol)")
    }
  }

  private mutating func order(
    _ left: [Value], _ right: [Value], _ symbol: String
  ) throws(TemplateError) -> Order {
    for (a, b) in zip(left, right) {
      if try areEqual(a, b) { continue }
      return try nested { (renderer) throws(TemplateError) in
        try renderer.order(a, b, symbol)
      }
    }
    return Order(
      isLess: left.count < right.count, isLessOrEqual: left.count <= right.count)
  }

  /// Python's `in`.
  mutating func contains(_ container: Value, _ value: Value) throws(TemplateError) -> Bool {
    switch container {
    case .string(let text), .markup(let text):
      guard let part = value.text else {
        throw TemplateError(.type, "only a string can be in a string, not \(value.typeName)")
      }
      try charge(bytes: text.utf8.count)
      return text.contains(exactly: part)
    case .dict(let dict): return try dict.value(for: hashable(value)) != nil
    case .undefined: return false
    case .object(let object) where (object as? ViewObject)?.part == .keys:
      return try (object as? ViewObject)?.dict.value(for: hashable(value)) != nil
    default:
      guard container.isIterable else {
        throw TemplateError(.type, "\(container.typeName) contains nothing")
      }
      for element in try elements(of: container) {
        try step()
        if try areEqual(element, value) { return true }
      }
      return false
    }
  }

  func hashable(_ key: Value) throws(TemplateError) -> Value {
    guard DictKey.isHashable(key) else {
      throw TemplateError(.type, "\(key.typeName) cannot be a key")
    }
    return key
  }
}

extension Value {
  /// Whether it has elements to go through.
  var isIterable: Bool {
    switch self {
    case .undefined, .string, .markup, .list, .tuple, .dict: true
    case .none, .boolean, .integer, .double: false
    case .object(let object): object.isIterable
    }
  }
}
