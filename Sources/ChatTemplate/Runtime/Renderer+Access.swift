extension Renderer {
  /// `value.name`: what belongs to the value's type, or else an entry of that name.
  mutating func attribute(_ name: String, of value: Value) throws(TemplateError) -> Value {
    switch value {
    case .undefined(let missing): throw .undefined(missing)
    case .dict(let dict):
      if let method = DictMethod(rawValue: name) { return bound(method.isMutating, name, value) }
      return dict.value(for: .string(name)) ?? .undefined(name)
    case .list:
      if let method = ListMethod(rawValue: name) { return bound(method.isMutating, name, value) }
    case .tuple(let tuple):
      if tuple.isGroup, name == "grouper" { return tuple.elements[0] }
      if tuple.isGroup, name == "list" { return tuple.elements[1] }
      if let method = ListMethod(rawValue: name), method.isOfTuples {
        return bound(false, name, value)
      }
    case .string, .markup:
      if StringMethod(rawValue: name) != nil { return bound(false, name, value) }
    case .integer, .boolean, .double:
      if let value = value.numberAttribute(name) { return value }
      if NumberMethod(rawValue: name) != nil { return bound(false, name, value) }
    case .object(let object):
      if let value = object.attribute(name) { return value }
    case .none: break
    }
    return .undefined(name)
  }

  private func bound(_ isMutating: Bool, _ name: String, _ value: Value) -> Value {
    if isMutating, !options.allowsMutation { return .undefined(name) }
    return .object(MethodObject(value, name))
  }

  /// `value[key]`: an entry, or else, for a string key, an attribute.
  mutating func item(_ key: Value, of value: Value) throws(TemplateError) -> Value {
    switch value {
    case .undefined(let name): throw .undefined(name)
    case .dict(let dict):
      if DictKey.isHashable(key), let value = dict.value(for: key) { return value }
    case .list(let list):
      if let index = key.integer { return element(index, of: list.elements) }
    case .tuple(let tuple):
      if let index = key.integer { return element(index, of: tuple.elements) }
    case .string(let text), .markup(let text):
      if let index = key.integer {
        try charge(bytes: text.utf8.count)
        guard let character = text.scalar(at: index) else { return .undefined("the character") }
        return wrap(String(character), like: value)
      }
    case .object(let object):
      if object.isSequence, let index = key.integer {
        return element(index, of: try elements(of: value))
      }
    case .none, .boolean, .integer, .double: break
    }
    guard let name = key.text else { return .undefined("the element \(key.typeName)") }
    return try attribute(name, of: value)
  }

  private func element(_ index: Int, of elements: [Value]) -> Value {
    let position = index < 0 ? index + elements.count : index
    guard elements.indices.contains(position) else { return .undefined("element \(index)") }
    return elements[position]
  }

  /// `value[start:stop:step]`
  mutating func slice(
    _ value: Value, from start: Int?, to stop: Int?, step: Int?
  ) throws(TemplateError) -> Value {
    if case .undefined(let name) = value { throw .undefined(name) }
    if step == 0 { throw TemplateError(.value, "a slice cannot have steps of zero") }
    let step = step ?? 1
    switch value {
    case .string(let text), .markup(let text):
      try charge(bytes: text.utf8.count)
      let scalars = Array(text.unicodeScalars)
      var result = ""
      let indices = Self.indices(of: scalars.count, start, stop, step)
      for index in indices { result.unicodeScalars.append(scalars[index]) }
      return wrap(result, like: value)
    case .list(let list):
      let indices = Self.indices(of: list.elements.count, start, stop, step)
      return try self.list(indices.map { list.elements[$0] })
    case .tuple(let tuple):
      let indices = Self.indices(of: tuple.elements.count, start, stop, step)
      return try self.tuple(indices.map { tuple.elements[$0] })
    case .object(let object):
      if let range = object as? RangeObject {
        return .object(range.sliced(Self.indices(of: range.count ?? 0, start, stop, step), step))
      }
    default: break
    }
    return .undefined("a slice of \(value.typeName)")
  }

  /// The indices that a slice takes, as Python's `slice.indices`.
  private static func indices(
    of count: Int, _ start: Int?, _ stop: Int?, _ step: Int
  ) -> StrideTo<Int> {
    func bound(_ index: Int, _ low: Int, _ high: Int) -> Int {
      min(max(index < 0 ? index &+ count : index, low), high)
    }
    // A step beyond the ends is as good as one that just leaves.
    let width = min(max(step, -count - 1), count + 1)
    if step > 0 {
      let first = start.map { bound($0, 0, count) } ?? 0
      let last = stop.map { bound($0, 0, count) } ?? count
      return stride(from: first, to: last, by: width)
    }
    let first = start.map { bound($0, -1, count - 1) } ?? (count - 1)
    let last = stop.map { bound($0, -1, count - 1) } ?? -1
    return stride(from: first, to: last, by: width)
  }

  /// `value.name(…)`
  mutating func callMethod(
    _ name: String, of value: Value, _ arguments: Arguments
  ) throws(TemplateError) -> Value {
    switch value {
    case .undefined(let missing): throw .undefined(missing)
    case .string(let text), .markup(let text):
      if let method = StringMethod(rawValue: name) {
        return try call(method, of: text, value, arguments)
      }
    case .dict(let dict):
      if let method = DictMethod(rawValue: name) {
        try checkMutation(method.isMutating, name, value)
        return try call(method, of: dict, arguments)
      }
    case .list(let list):
      if let method = ListMethod(rawValue: name) {
        try checkMutation(method.isMutating, name, value)
        return try call(method, of: list, arguments)
      }
    case .tuple(let tuple):
      if let method = ListMethod(rawValue: name), method.isOfTuples {
        return try call(method, of: ListObject(tuple.elements, depth: tuple.depth), arguments)
      }
    case .integer, .boolean, .double:
      if let method = NumberMethod(rawValue: name) {
        return try call(method, of: value, arguments)
      }
    case .object(let object):
      if let result = try call(name, of: object, arguments) { return result }
    case .none: break
    }
    return try call(attribute(name, of: value), arguments)
  }

  private func checkMutation(
    _ isMutating: Bool, _ name: String, _ value: Value
  ) throws(TemplateError) {
    if isMutating, !options.allowsMutation {
      throw TemplateError(
        .forbidden, "\(name) would change a \(value.typeName), which templates may not")
    }
  }

  /// Methods of loops and cyclers.
  private mutating func call(
    _ name: String, of object: RuntimeObject, _ arguments: Arguments
  ) throws(TemplateError) -> Value? {
    if let loop = object as? LoopObject {
      if name == "cycle" { return try loop.cycle(arguments) }
      if name == "changed" { return .boolean(try loop.changed(arguments.positional, &self)) }
    }
    if let cycler = object as? CyclerObject {
      if name == "next" { return cycler.next() }
      if name == "reset" {
        cycler.reset()
        return Value.none
      }
    }
    return nil
  }

  /// `value(…)`
  mutating func call(_ value: Value, _ arguments: Arguments) throws(TemplateError) -> Value {
    switch value {
    case .undefined(let name): throw .undefined(name)
    case .object(let object): return try object.call(arguments, &self)
    default: throw TemplateError(.type, "\(value.typeName) cannot be called")
    }
  }
}

extension RangeObject {
  /// The part at some indices, which are evenly spaced.
  func sliced(_ indices: StrideTo<Int>, _ step: Int) -> RangeObject {
    let positions = Array(indices)
    guard let first = positions.first, let last = positions.last else {
      return RangeObject(start: 0, stop: 0, step: 1, length: 0)
    }
    let width =
      positions.count > 1 ? (last - first) / (positions.count - 1) &* self.step : self.step
    return RangeObject(
      start: start &+ first &* self.step, stop: start &+ last &* self.step &+ width, step: width,
      length: positions.count)
  }
}

extension String {
  /// The scalar at an index, which counts from the end if it is negative.
  func scalar(at index: Int) -> Unicode.Scalar? {
    let view = unicodeScalars
    if index >= 0 {
      guard
        let position = view.index(view.startIndex, offsetBy: index, limitedBy: view.endIndex),
        position < view.endIndex
      else { return nil }
      return view[position]
    }
    return view.index(view.endIndex, offsetBy: index, limitedBy: view.startIndex)
      .map { view[$0] }
  }
}
