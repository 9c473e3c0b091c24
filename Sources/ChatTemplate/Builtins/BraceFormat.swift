/// A run of Python's `str.format`.
private struct BraceFormat {
  let arguments: Arguments
  let escapes: Bool
  /// The next argument of a field without a name, and whether fields have them or not.
  var nextIndex = 0
  var isNumbered: Bool?

  typealias Scalars = String.UnicodeScalarView.SubSequence

  /// The text with its fields filled in; a format may have fields itself, but no deeper.
  mutating func text(
    _ format: Scalars, depth: Int, _ renderer: inout Renderer
  ) throws(TemplateError) -> String {
    guard depth <= 2 else { throw TemplateError(.value, "fields nest too deep") }
    var result = ""
    var rest = format
    while let scalar = rest.popFirst() {
      switch scalar {
      case "{" where rest.first == "{", "}" where rest.first == "}":
        rest.removeFirst()
        result.unicodeScalars.append(scalar)
      case "{": result += try field(Self.content(&rest), depth: depth, &renderer)
      case "}": throw TemplateError(.value, "a single } in a format")
      default: result.unicodeScalars.append(scalar)
      }
      try renderer.checkSize(of: result)
    }
    return result
  }

  /// What is between a brace and the one that closes it.
  private static func content(_ rest: inout Scalars) throws(TemplateError) -> Scalars {
    var depth = 1
    var index = rest.startIndex
    while index < rest.endIndex {
      if rest[index] == "{" { depth += 1 }
      if rest[index] == "}" { depth -= 1 }
      if depth == 0 {
        let content = rest[..<index]
        rest = rest[rest.index(after: index)...]
        return content
      }
      index = rest.index(after: index)
    }
    throw TemplateError(.value, "a { without } in a format")
  }

  private mutating func field(
    _ content: Scalars, depth: Int, _ renderer: inout Renderer
  ) throws(TemplateError) -> String {
    var isInBrackets = false
    let end =
      content.firstIndex { scalar in
        if scalar == "[" { isInBrackets = true }
        if scalar == "]" { isInBrackets = false }
        return !isInBrackets && (scalar == ":" || scalar == "!")
      } ?? content.endIndex
    var value = try value(content[..<end], &renderer)
    var rest = content[end...]
    if rest.first == "!" {
      rest.removeFirst()
      switch rest.popFirst() {
      case "s": value = .string(try renderer.text(of: value))
      case "r", "a": value = .string(try renderer.representation(of: value))
      default: throw TemplateError(.value, "there is no such conversion")
      }
      guard rest.isEmpty || rest.first == ":" else {
        throw TemplateError(.value, "a conversion is one letter")
      }
    }
    let specification = try text(rest.dropFirst(), depth: depth + 1, &renderer)
    let text = try renderer.formatted(value, specification)
    return escapes && !value.isMarkup ? try renderer.escaped(text: text) : text
  }

  /// The value of `name.attribute[key]`.
  private mutating func value(
    _ path: Scalars, _ renderer: inout Renderer
  ) throws(TemplateError) -> Value {
    let end = path.firstIndex { $0 == "." || $0 == "[" } ?? path.endIndex
    var value = try argument(String(path[..<end]))
    var rest = path[end...]
    while let scalar = rest.popFirst() {
      if scalar == "." {
        let end = rest.firstIndex { $0 == "." || $0 == "[" } ?? rest.endIndex
        value = try renderer.attribute(String(rest[..<end]), of: value)
        rest = rest[end...]
      } else {
        guard scalar == "[", let end = rest.firstIndex(of: "]"), end > rest.startIndex else {
          throw TemplateError(.value, "a field's name ends within brackets")
        }
        let key = String(rest[..<end])
        value = try renderer.item(Int(key).map(Value.integer) ?? .string(key), of: value)
        rest = rest[rest.index(after: end)...]
      }
    }
    return value
  }

  private mutating func argument(_ name: String) throws(TemplateError) -> Value {
    var index = Int(name)
    if name.isEmpty || index != nil {
      guard isNumbered ?? !name.isEmpty == !name.isEmpty else {
        throw TemplateError(.value, "fields with numbers cannot follow fields without")
      }
      isNumbered = !name.isEmpty
      if name.isEmpty {
        index = nextIndex
        nextIndex += 1
      }
    }
    if let index {
      guard arguments.positional.indices.contains(index) else {
        throw TemplateError(.value, "there is no argument \(index) for the format")
      }
      return arguments.positional[index]
    }
    guard let argument = arguments.named.first(where: { $0.name.isExactly(name) }) else {
      throw TemplateError(.value, "there is no argument \(name) for the format")
    }
    return argument.value
  }
}

extension Renderer {
  /// Python's `text.format(…)`.
  mutating func format(
    _ text: String, _ value: Value, _ arguments: Arguments
  ) throws(TemplateError) -> String {
    var run = BraceFormat(arguments: arguments, escapes: value.isMarkup)
    return try charged(run.text(text.unicodeScalars[...], depth: 0, &self))
  }

  /// Python's `format(value, specification)`.
  mutating func formatted(
    _ value: Value, _ specification: String
  ) throws(TemplateError) -> String {
    if specification.isEmpty { return try text(of: value) }
    var format = try Self.parsed(specification)
    if let text = value.text {
      guard format.type == nil || format.type == "s", format.alignment != "=" else {
        throw TemplateError(.value, "a string cannot be formatted so")
      }
      let cut = format.precision.map { String(text.unicodeScalars.prefix($0)) } ?? text
      return format.padded(cut, usually: "<")
    }
    let isFloatType = format.type.map { "eEfFgG%".unicodeScalars.contains($0) } ?? false
    if let number = value.integer, !isFloatType {
      if case .boolean = value, format.type == nil {
        return format.padded(number == 1 ? "True" : "False", usually: ">")
      }
      if format.type == "c" {
        guard let scalar = UInt32(exactly: number).flatMap(Unicode.Scalar.init) else {
          throw TemplateError(.overflow, "there is no such character")
        }
        return format.padded(String(scalar), usually: "<")
      }
      guard format.precision == nil else {
        throw TemplateError(.value, "an integer has no precision")
      }
      guard format.type.map({ "bdoxXn".unicodeScalars.contains($0) }) ?? true else {
        throw TemplateError(.value, "an integer cannot be formatted so")
      }
      if format.type == "n" { format.type = "d" }
      return format.text(of: number)
    }
    if let number = value.number {
      guard format.type.map({ "eEfFgGn%".unicodeScalars.contains($0) }) ?? true else {
        throw TemplateError(.value, "a float cannot be formatted so")
      }
      if format.type == "n" { format.type = "g" }
      return format.text(of: number)
    }
    throw TemplateError(.type, "\(value.typeName) cannot be formatted so")
  }

  private static func parsed(_ specification: String) throws(TemplateError) -> NumberFormat {
    var format = NumberFormat()
    var rest = specification.unicodeScalars[...]
    let alignments = "<>=^".unicodeScalars
    if let second = rest.dropFirst().first, alignments.contains(second), let fill = rest.first {
      (format.fill, format.alignment) = (fill, second)
      rest.removeFirst(2)
    } else if let first = rest.first, alignments.contains(first) {
      format.alignment = first
      rest.removeFirst()
    }
    if let sign = rest.first, "+- ".unicodeScalars.contains(sign) {
      format.sign = sign
      rest.removeFirst()
    }
    if rest.first == "#" {
      format.isAlternate = true
      rest.removeFirst()
    }
    if rest.first == "0" {
      if format.alignment == nil { (format.fill, format.alignment) = ("0", "=") }
      rest.removeFirst()
    }
    format.width = try formatNumber(&rest) ?? 0
    if let separator = rest.first, separator == "," || separator == "_" {
      format.separator = separator
      rest.removeFirst()
    }
    if rest.first == "." {
      rest.removeFirst()
      guard let precision = try formatNumber(&rest) else {
        throw TemplateError(.value, "a format's precision is missing")
      }
      format.precision = precision
    }
    format.type = rest.popFirst()
    guard rest.isEmpty else { throw TemplateError(.value, "there is no such format") }
    return format
  }
}
