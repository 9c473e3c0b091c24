/// The functions that every template has.
enum GlobalFunction: String {
  case range, namespace, dict, joiner, cycler
  case raiseException = "raise_exception"
  case strftimeNow = "strftime_now"
}

extension Renderer {
  mutating func callGlobal(
    _ function: GlobalFunction, _ arguments: Arguments
  ) throws(TemplateError) -> Value {
    var reader = ArgumentReader(arguments, of: function.rawValue)
    let result: Value
    switch function {
    case .range: result = try range(&reader)
    case .dict: return .dict(try dict(arguments, of: "dict"))
    case .namespace:
      let space = NamespaceObject()
      for entry in try dict(arguments, of: "namespace").entries {
        space.members.set(entry.value, for: entry.key)
      }
      retain(space)
      return .object(space)
    case .joiner: result = .object(JoinerObject(try reader.next("sep") ?? .string(", ")))
    case .cycler:
      let elements = reader.rest()
      guard !elements.isEmpty else {
        throw TemplateError(.value, "a cycler needs at least one element")
      }
      result = .object(CyclerObject(elements, depth: try depth(of: elements)))
    case .raiseException:
      throw TemplateError(.raised, try text(of: reader.required("message")))
    case .strftimeNow:
      guard let format = try reader.required("format").text else {
        throw TemplateError(.type, "the format of a time is a string")
      }
      result = .string(try charged(options.now?.formatted(format) ?? ""))
    }
    try reader.finish()
    return result
  }

  private mutating func range(_ reader: inout ArgumentReader) throws(TemplateError) -> Value {
    guard let first = try reader.integer("start") else {
      throw TemplateError(.type, "range needs at least one argument")
    }
    let second = try reader.integer("stop")
    let step = try reader.integer("step") ?? 1
    let (start, stop) = second.map { (first, $0) } ?? (0, first)
    guard step != 0 else { throw TemplateError(.value, "a range cannot have steps of zero") }
    var length = 0
    if step > 0 ? start < stop : start > stop {
      let (distance, overflow) = stop.subtractingReportingOverflow(start)
      let (width, isTooFar) = distance.magnitude.addingReportingOverflow(step.magnitude - 1)
      let count = overflow || isTooFar ? UInt.max : width / step.magnitude
      guard count <= UInt(options.limits.rangeElements) else {
        throw limit("a range has more than \(options.limits.rangeElements) elements")
      }
      length = Int(count)
    }
    return .object(RangeObject(start: start, stop: stop, step: step, length: length))
  }

  /// Python's `dict(…)`: a dict or pairs, and named entries.
  private mutating func dict(
    _ arguments: Arguments, of function: String
  ) throws(TemplateError) -> DictObject {
    let dict = DictObject()
    guard arguments.positional.count <= 1 else {
      throw TemplateError(.type, "\(function) was given too many arguments")
    }
    if let source = arguments.positional.first { try update(dict, with: source) }
    for (name, value) in arguments.named { try set(value, for: .string(name), in: dict) }
    return dict
  }

  /// Adds the entries of a dict, or pairs.
  mutating func update(_ dict: DictObject, with source: Value) throws(TemplateError) {
    if case .dict(let other) = source {
      for entry in other.entries { try set(entry.value, for: entry.key, in: dict) }
      return
    }
    for pair in try elements(of: source) {
      let parts = try elements(of: pair)
      guard parts.count == 2 else {
        throw TemplateError(.value, "a dict is made of pairs")
      }
      try set(parts[1], for: parts[0], in: dict)
    }
  }
}
