/// The methods of Python's lists; two of them are also those of tuples.
enum ListMethod: String {
  case append, extend, insert, pop, remove, clear, sort, reverse, index, count, copy

  var isOfTuples: Bool { self == .index || self == .count }
  var isMutating: Bool { !isOfTuples && self != .copy }
}

/// The methods of Python's dicts.
enum DictMethod: String {
  case get, keys, values, items, copy, fromkeys, pop, popitem, setdefault, update, clear

  var isMutating: Bool {
    switch self {
    case .pop, .popitem, .setdefault, .update, .clear: true
    default: false
    }
  }
}

/// The methods of Python's numbers that do not need bytes.
enum NumberMethod: String {
  case is_integer, bit_length, conjugate
}

extension Value {
  /// An attribute of a number.
  func numberAttribute(_ name: String) -> Value? {
    switch (name, self) {
    case ("real", .double): self
    case ("imag", .double): .double(0)
    case ("real", _), ("numerator", _): integer.map(Value.integer)
    case ("imag", _): .integer(0)
    case ("denominator", _): integer.map { _ in .integer(1) }
    default: nil
    }
  }
}

extension Renderer {
  mutating func call(
    _ method: NumberMethod, of value: Value, _ arguments: Arguments
  ) throws(TemplateError) -> Value {
    try ArgumentReader(arguments, of: method.rawValue).finish()
    switch (method, value) {
    case (.is_integer, .double(let number)):
      return .boolean(number.isFinite && number == number.rounded())
    case (.is_integer, _): return .boolean(true)
    case (.bit_length, _):
      guard let number = value.integer else {
        throw TemplateError(.type, "a float has no bit_length")
      }
      return .integer(Int.bitWidth - number.magnitude.leadingZeroBitCount)
    case (.conjugate, .double): return value
    case (.conjugate, _): return .integer(value.integer ?? 0)
    }
  }

  mutating func call(
    _ method: ListMethod, of list: ListObject, _ arguments: Arguments
  ) throws(TemplateError) -> Value {
    try charge(list.elements.count / 16)
    if method.isMutating, !list.isRetained {
      list.isRetained = true
      retain(list)
    }
    var reader = ArgumentReader(arguments, of: method.rawValue)
    var result = Value.none
    switch method {
    case .append:
      let value = try reader.required("object")
      try insert([value], into: list, at: list.elements.count)
    case .extend:
      let values = try elements(of: reader.required("iterable"))
      try insert(values, into: list, at: list.elements.count)
    case .insert:
      let index = try reader.integer("index") ?? 0
      let count = list.elements.count
      let position = min(max(index < 0 ? index &+ count : index, 0), count)
      try insert([reader.required("object")], into: list, at: position)
    case .pop:
      let index = try reader.integer("index") ?? -1
      let position = index < 0 ? index &+ list.elements.count : index
      guard list.elements.indices.contains(position) else {
        throw TemplateError(.value, "pop from where the list has nothing")
      }
      result = list.elements.remove(at: position)
    case .remove:
      let index = try index(of: reader.required("value"), in: list, from: 0, to: nil)
      list.elements.remove(at: index)
    case .clear: list.elements = []
    case .reverse: list.elements.reverse()
    case .sort:
      let isReversed = try reader.flag("reverse")
      var arguments = Arguments()
      arguments.named = [("reverse", .boolean(isReversed)), ("case_sensitive", .boolean(true))]
      var sortReader = ArgumentReader(arguments, of: "sort")
      if case .list(let sorted) = try sorted(.list(list), &sortReader) {
        list.elements = sorted.elements
      }
    case .index:
      let value = try reader.required("value")
      let start = try reader.integer("start") ?? 0
      result = .integer(try index(of: value, in: list, from: start, to: reader.integer("stop")))
    case .count:
      let value = try reader.required("value")
      var count = 0
      for element in list.elements where try areEqual(element, value) { count += 1 }
      result = .integer(count)
    case .copy: result = try self.list(list.elements)
    }
    try reader.finish()
    return result
  }

  private mutating func insert(
    _ values: [Value], into list: ListObject, at position: Int
  ) throws(TemplateError) {
    let total = list.elements.count + values.count
    guard total <= options.limits.elements else { try charge(elements: total); return }
    try charge(1 + values.count)
    list.depth = max(list.depth, try depth(of: values))
    list.elements.insert(contentsOf: values, at: position)
  }

  private mutating func index(
    of value: Value, in list: ListObject, from start: Int, to stop: Int?
  ) throws(TemplateError) -> Int {
    let count = list.elements.count
    func bound(_ index: Int) -> Int { min(max(index < 0 ? index &+ count : index, 0), count) }
    let first = bound(start)
    for index in first..<max(first, bound(stop ?? count))
    where try areEqual(list.elements[index], value) {
      return index
    }
    throw TemplateError(.value, "the list does not contain the value")
  }

  mutating func call(
    _ method: DictMethod, of dict: DictObject, _ arguments: Arguments
  ) throws(TemplateError) -> Value {
    if method.isMutating {
      try charge(1 + dict.entries.count / 16)
      if !dict.isRetained {
        dict.isRetained = true
        retain(dict)
      }
    }
    var reader = ArgumentReader(arguments, of: method.rawValue)
    var result = Value.none
    switch method {
    case .get:
      let key = try hashable(reader.required("key"))
      let other = try reader.next("default") ?? .none
      result = dict.value(for: key) ?? other
    case .keys: result = .object(ViewObject(dict, .keys))
    case .values: result = .object(ViewObject(dict, .values))
    case .items: result = .object(ViewObject(dict, .items))
    case .copy: result = .dict(try copy(dict))
    case .fromkeys:
      let copy = DictObject()
      let keys = try elements(of: reader.required("iterable"))
      let value = try reader.next("value") ?? .none
      for key in keys { try set(value, for: key, in: copy) }
      result = .dict(copy)
    case .pop:
      let key = try hashable(reader.required("key"))
      let other = try reader.next("default")
      guard let value = dict.remove(key) ?? other else {
        throw TemplateError(.value, "pop of a key that the dict does not have")
      }
      result = value
    case .popitem:
      guard let last = dict.entries.last else {
        throw TemplateError(.value, "popitem of an empty dict")
      }
      _ = dict.remove(last.key)
      result = try tuple([last.key, last.value])
    case .setdefault:
      let key = try hashable(reader.required("key"))
      let other = try reader.next("default") ?? .none
      if dict.value(for: key) == nil { try set(other, for: key, in: dict) }
      result = dict.value(for: key) ?? .none
    case .update:
      if let source = try reader.next("other") { try update(dict, with: source) }
      for (name, value) in arguments.named where name != "other" {
        try set(value, for: .string(name), in: dict)
      }
      return .none
    case .clear: dict.removeAll()
    }
    try reader.finish()
    return result
  }

  private mutating func copy(_ dict: DictObject) throws(TemplateError) -> DictObject {
    let copy = DictObject()
    for entry in dict.entries { try set(entry.value, for: entry.key, in: copy) }
    return copy
  }
}
