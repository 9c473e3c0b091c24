extension Renderer {
  /// What decides the order of an element: its parts, strings in small letters unless case counts.
  private mutating func sortKey(
    _ element: Value, _ path: AttributePath, isCaseSensitive: Bool
  ) throws(TemplateError) -> Value {
    let value = try value(at: path, of: element)
    guard !isCaseSensitive, let text = value.text else { return value }
    return .string(try charged(PythonText.lowercased(text)))
  }

  /// Sorts without changing the order of what is equal, and stops at the first failure.
  private mutating func sorted(
    _ elements: [Value], keys: [Value], isReversed: Bool
  ) throws(TemplateError) -> [Value] {
    try charge(elements: elements.count)
    var order = Array(elements.indices)
    // A reversed sort keeps the order of what is equal, too.
    if isReversed { order.reverse() }
    order = try merged(order, keys)
    if isReversed { order.reverse() }
    return order.map { elements[$0] }
  }

  private mutating func merged(_ order: [Int], _ keys: [Value]) throws(TemplateError) -> [Int] {
    var source = order
    var width = 1
    while width < source.count {
      var target: [Int] = []
      target.reserveCapacity(source.count)
      var start = 0
      while start < source.count {
        let middle = min(start + width, source.count)
        let end = min(start + 2 * width, source.count)
        var (left, right) = (start, middle)
        while left < middle, right < end {
          if try self.order(keys[source[right]], keys[source[left]]).isLess {
            target.append(source[right])
            right += 1
          } else {
            target.append(source[left])
            left += 1
          }
        }
        target += source[left..<middle]
        target += source[right..<end]
        start = end
      }
      source = target
      width *= 2
    }
    return source
  }

  mutating func sorted(
    _ value: Value, _ reader: inout ArgumentReader
  ) throws(TemplateError) -> Value {
    let isReversed = try reader.flag("reverse")
    let isCaseSensitive = try reader.flag("case_sensitive")
    let attribute = try reader.next("attribute")
    var paths = [AttributePath(attribute)]
    if let text = attribute?.text {
      paths = text.split(separator: ",", omittingEmptySubsequences: false).map {
        AttributePath(.string(String($0)))
      }
    }
    let elements = try elements(of: value)
    var keys: [Value] = []
    for element in elements {
      var parts: [Value] = []
      for path in paths {
        parts.append(try sortKey(element, path, isCaseSensitive: isCaseSensitive))
      }
      keys.append(parts.count == 1 ? parts[0] : try tuple(parts))
    }
    return try list(sorted(elements, keys: keys, isReversed: isReversed))
  }

  mutating func sortedEntries(
    of value: Value, _ reader: inout ArgumentReader
  ) throws(TemplateError) -> Value {
    let isCaseSensitive = try reader.flag("case_sensitive")
    let part = try reader.text("by") ?? "key"
    let isReversed = try reader.flag("reverse")
    guard part == "key" || part == "value" else {
      throw TemplateError(.value, "dictsort sorts by key or by value")
    }
    guard case .dict(let dict) = value else {
      if case .undefined(let name) = value { throw .undefined(name) }
      throw TemplateError(.type, "only a dict has entries, not \(value.typeName)")
    }
    let elements = ViewObject(dict, .items).takeElements()
    var keys: [Value] = []
    for entry in dict.entries {
      keys.append(
        try sortKey(
          part == "key" ? entry.key : entry.value, AttributePath(nil),
          isCaseSensitive: isCaseSensitive))
    }
    return try list(sorted(elements, keys: keys, isReversed: isReversed))
  }

  mutating func extreme(
    of value: Value, isMaximum: Bool, _ reader: inout ArgumentReader
  ) throws(TemplateError) -> Value {
    let isCaseSensitive = try reader.flag("case_sensitive")
    let path = AttributePath(try reader.next("attribute"))
    var best: (element: Value, key: Value)?
    for element in try elements(of: value) {
      let key = try sortKey(element, path, isCaseSensitive: isCaseSensitive)
      guard let current = best else {
        best = (element, key)
        continue
      }
      let isBetter =
        try isMaximum ? order(current.key, key).isLess : order(key, current.key).isLess
      if isBetter { best = (element, key) }
    }
    return best?.element ?? .undefined("the extreme of an empty list")
  }

  mutating func unique(
    _ value: Value, _ reader: inout ArgumentReader
  ) throws(TemplateError) -> Value {
    let isCaseSensitive = try reader.flag("case_sensitive")
    let path = AttributePath(try reader.next("attribute"))
    var seen = Set<DictKey>()
    var result: [Value] = []
    for element in try elements(of: value) {
      let key = try sortKey(element, path, isCaseSensitive: isCaseSensitive)
      if seen.insert(DictKey(try hashable(key))).inserted { result.append(element) }
    }
    return try iterator(result)
  }

  mutating func grouped(
    _ value: Value, _ reader: inout ArgumentReader
  ) throws(TemplateError) -> Value {
    let attribute = try reader.required("attribute")
    let initial = try reader.next("default")
    let isCaseSensitive = try reader.flag("case_sensitive")
    let path = AttributePath(attribute, initial: initial.flatMap { $0.isNone ? nil : $0 })
    let elements = try elements(of: value)
    var keys: [Value] = []
    for element in elements {
      keys.append(try sortKey(element, path, isCaseSensitive: isCaseSensitive))
    }
    let order = try sorted(
      elements.indices.map { .integer($0) }, keys: keys, isReversed: false)
    var groups: [(key: Value, elements: [Value])] = []
    for index in order.compactMap(\.integer) {
      if let last = groups.indices.last, try areEqual(groups[last].key, keys[index]) {
        groups[last].elements.append(elements[index])
      } else {
        groups.append((keys[index], [elements[index]]))
      }
    }
    var result: [Value] = []
    for group in groups {
      let members = try list(group.elements)
      let key =
        isCaseSensitive ? group.key : try self.value(at: path, of: group.elements[0])
      result.append(
        .tuple(TupleObject([key, members], depth: try depth(of: [key, members]), isGroup: true)))
    }
    return try list(result)
  }
}
