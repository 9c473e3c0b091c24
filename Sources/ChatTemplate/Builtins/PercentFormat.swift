extension Renderer {
  /// The filter `format`.
  mutating func formatFilter(
    _ value: Value, _ arguments: Arguments
  ) throws(TemplateError) -> Value {
    guard arguments.positional.isEmpty || arguments.named.isEmpty else {
      throw TemplateError(.type, "format takes arguments by place or by name, not both")
    }
    let format = try text(of: value)
    let operand: Value
    if arguments.named.isEmpty {
      operand = try tuple(arguments.positional)
    } else {
      let dict = DictObject()
      for argument in arguments.named { dict.set(argument.value, for: .string(argument.name)) }
      operand = .dict(dict)
    }
    return wrap(
      try percentFormat(format, with: operand, escapes: value.isMarkup), like: value)
  }

  /// Python's `format % values`.
  mutating func percentFormat(
    _ format: String, with operand: Value, escapes: Bool
  ) throws(TemplateError) -> String {
    var values: [Value] = [operand]
    if case .tuple(let tuple) = operand { values = tuple.elements }
    var used = 0
    var usesNames = false
    var result = ""
    var rest = format.unicodeScalars[...]
    while let scalar = rest.popFirst() {
      guard scalar == "%" else {
        result.unicodeScalars.append(scalar)
        continue
      }
      var name: String?
      if rest.first == "(" {
        name = try Self.mappingKey(&rest)
        usesNames = true
      }
      func next() throws(TemplateError) -> Value {
        if let name {
          guard case .dict(let dict) = operand else {
            throw TemplateError(.type, "a format with names needs a dict")
          }
          guard let value = dict.value(for: .string(name)) else {
            throw TemplateError(.value, "the format's name \(name) has no value")
          }
          return value
        }
        guard used < values.count else {
          throw TemplateError(.type, "there are not enough values for the format")
        }
        used += 1
        return values[used - 1]
      }
      var specification = NumberFormat()
      let isLeft = try Self.percentFlags(&rest, &specification, next)
      while let letter = rest.first, "hlL".unicodeScalars.contains(letter) { rest.removeFirst() }
      guard let type = rest.popFirst() else {
        throw TemplateError(.value, "the format ends within a field")
      }
      if type == "%" {
        result += "%"
        continue
      }
      specification.type = type
      if isLeft { specification.alignment = "<" }
      result += try percentField(next(), specification, escapes: escapes)
      try checkSize(of: result)
    }
    var isMapping = usesNames
    if case .dict = operand { isMapping = true }
    if used < values.count, !isMapping {
      throw TemplateError(.type, "there are more values than the format takes")
    }
    return try charged(result)
  }

  private static func mappingKey(
    _ rest: inout String.UnicodeScalarView.SubSequence
  ) throws(TemplateError) -> String {
    rest.removeFirst()
    var depth = 1
    var name = ""
    while let scalar = rest.popFirst() {
      if scalar == "(" { depth += 1 }
      if scalar == ")" { depth -= 1 }
      if depth == 0 { return name }
      name.unicodeScalars.append(scalar)
    }
    throw TemplateError(.value, "the format ends within a name")
  }

  /// Reads flags, width and precision; returns whether the field is filled on the right.
  private static func percentFlags(
    _ rest: inout String.UnicodeScalarView.SubSequence, _ format: inout NumberFormat,
    _ next: () throws(TemplateError) -> Value
  ) throws(TemplateError) -> Bool {
    var isLeft = false
    var hasZeros = false
    flags: while let flag = rest.first {
      switch flag {
      case "-": isLeft = true
      case "+": format.sign = "+"
      case " ": if format.sign != "+" { format.sign = " " }
      case "0": hasZeros = true
      case "#": format.isAlternate = true
      default: break flags
      }
      rest.removeFirst()
    }
    if let width = try percentNumber(&rest, next) {
      if width < 0 { isLeft = true }
      format.width = Int(width.magnitude)
    }
    if rest.first == "." {
      rest.removeFirst()
      format.precision = max(0, try percentNumber(&rest, next) ?? 0)
    }
    if hasZeros, !isLeft {
      format.fill = "0"
      format.alignment = "="
    }
    return isLeft
  }

  private static func percentNumber(
    _ rest: inout String.UnicodeScalarView.SubSequence,
    _ next: () throws(TemplateError) -> Value
  ) throws(TemplateError) -> Int? {
    if rest.first == "*" {
      rest.removeFirst()
      guard let number = try next().integer else {
        throw TemplateError(.type, "* needs an integer")
      }
      return try checked(number)
    }
    return try formatNumber(&rest)
  }

  /// Reads a width or a precision.
  static func formatNumber(
    _ rest: inout String.UnicodeScalarView.SubSequence
  ) throws(TemplateError) -> Int? {
    var number: Int?
    while let digit = rest.first, ("0"..."9").contains(digit) {
      rest.removeFirst()
      number = try checked((number ?? 0) * 10 + Int(digit.value - 48))
    }
    return number
  }

  private static func checked(_ number: Int) throws(TemplateError) -> Int {
    guard number.magnitude <= NumberFormat.limit else {
      throw TemplateError(
        .limitExceeded, "a format's width or precision is above \(NumberFormat.limit)")
    }
    return number
  }

  private mutating func percentField(
    _ value: Value, _ specification: NumberFormat, escapes: Bool
  ) throws(TemplateError) -> String {
    var format = specification
    func isText() { if format.alignment == "=" { (format.alignment, format.fill) = (">", " ") } }
    switch specification.type {
    case "s", "r", "a":
      isText()
      var text = try specification.type == "s" ? text(of: value) : representation(of: value)
      if escapes { text = try value.isMarkup ? text : escaped(text: text) }
      if let precision = format.precision { text = String(text.unicodeScalars.prefix(precision)) }
      return format.padded(text, usually: ">")
    case "d", "i", "u", "x", "X", "o":
      if case .undefined(let name) = value { throw .undefined(name) }
      var number = value.integer
      if number == nil, "diu".unicodeScalars.contains(specification.type ?? "d"),
        case .double(let double) = value
      {
        guard double.isFinite, let integer = Int(exactly: double.rounded(.towardZero)) else {
          throw TemplateError.overflow
        }
        number = integer
      }
      guard let number else {
        throw TemplateError(.type, "the format needs a number, not \(value.typeName)")
      }
      if let precision = format.precision {
        // A precision of an integer asks for at least so many digits.
        var digits = format
        (digits.fill, digits.alignment, digits.width) = ("0", "=", precision)
        digits.sign = "-"
        let text = digits.text(of: Int(clamping: number.magnitude))
        return format.padded(text, sign: format.sign(isNegative: number < 0), usually: ">")
      }
      return format.text(of: number)
    case "f", "F", "e", "E", "g", "G":
      if case .undefined(let name) = value { throw .undefined(name) }
      guard let number = value.number else {
        throw TemplateError(.type, "the format needs a number, not \(value.typeName)")
      }
      return format.text(of: number)
    case "c":
      isText()
      if let code = value.integer, let scalar = UInt32(exactly: code).flatMap(Unicode.Scalar.init) {
        return format.padded(String(scalar), usually: ">")
      }
      guard let text = value.text, text.scalarCount == 1 else {
        throw TemplateError(.type, "the format needs a character, not \(value.typeName)")
      }
      return format.padded(text, usually: ">")
    default: throw TemplateError(.value, "there is no such format")
    }
  }
}
