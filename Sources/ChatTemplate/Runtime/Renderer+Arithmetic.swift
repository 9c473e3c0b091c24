#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

extension Renderer {
  /// Python's arithmetic, on numbers and on what else it is defined for.
  mutating func combine(
    _ left: Value, _ operation: Arithmetic, _ right: Value
  ) throws(TemplateError) -> Value {
    if operation == .modulo, let format = left.text {
      return try wrap(percentFormat(format, with: right, escapes: left.isMarkup), like: left)
    }
    if let a = left.integer, let b = right.integer {
      return try Self.integers(a, operation, b)
    }
    if let a = left.number, let b = right.number {
      return .double(try Self.doubles(a, operation, b))
    }
    switch (operation, left, right) {
    case (_, .undefined(let name), _), (_, _, .undefined(let name)):
      throw .undefined(name)
    case (.add, .string(let a), .string(let b)):
      try checkSize(bytes: a.utf8.count + b.utf8.count)
      return .string(try charged(a + b))
    case (.add, .markup, _), (.add, _, .markup):
      guard left.text != nil, right.text != nil else { break }
      let text = try escaped(left) + escaped(right)
      return .markup(try charged(text))
    case (.add, .list(let a), .list(let b)): return try list(a.elements + b.elements)
    case (.add, .tuple(let a), .tuple(let b)): return try tuple(a.elements + b.elements)
    case (.multiply, _, _):
      if let count = right.integer, let value = try repeated(left, count) { return value }
      if let count = left.integer, let value = try repeated(right, count) { return value }
    default: break
    }
    throw TemplateError(
      .type, "\(left.typeName) \(operation.symbol) \(right.typeName) is not defined")
  }

  /// A string, list or tuple several times over; nil for other values.
  private mutating func repeated(_ value: Value, _ count: Int) throws(TemplateError) -> Value? {
    let count = max(0, count)
    switch value {
    case .string(let text), .markup(let text):
      return try wrap(repeated(text, count), like: value)
    case .list(let list): return try self.list(repeated(list.elements, count))
    case .tuple(let tuple): return try self.tuple(repeated(tuple.elements, count))
    default: return nil
    }
  }

  /// A text several times over.
  mutating func repeated(_ text: String, _ count: Int) throws(TemplateError) -> String {
    let (bytes, overflow) = text.utf8.count.multipliedReportingOverflow(by: max(0, count))
    try checkSize(bytes: overflow ? .max : bytes)
    return try charged(String(repeating: text, count: max(0, count)))
  }

  private mutating func repeated(
    _ elements: [Value], _ count: Int
  ) throws(TemplateError) -> [Value] {
    let (total, overflow) = elements.count.multipliedReportingOverflow(by: count)
    try charge(elements: overflow ? options.limits.elements + 1 : total)
    var result: [Value] = []
    result.reserveCapacity(total)
    for _ in 0..<(elements.isEmpty ? 0 : count) { result += elements }
    return result
  }

  // MARK: Numbers

  private static func integers(
    _ a: Int, _ operation: Arithmetic, _ b: Int
  ) throws(TemplateError) -> Value {
    let (result, overflow): (Int, Bool)
    switch operation {
    case .add: (result, overflow) = a.addingReportingOverflow(b)
    case .subtract: (result, overflow) = a.subtractingReportingOverflow(b)
    case .multiply: (result, overflow) = a.multipliedReportingOverflow(by: b)
    case .divide:
      guard b != 0 else { throw divisionByZero }
      return .double(Double(a) / Double(b))
    case .floorDivide, .modulo:
      guard b != 0 else { throw divisionByZero }
      let (quotient, isTooLarge) = a.dividedReportingOverflow(by: b)
      if isTooLarge {
        if operation == .modulo { return .integer(0) }
        throw TemplateError.overflow
      }
      // Python rounds down, and the remainder has the divisor's sign.
      let remainder = a - quotient * b
      let isRounded = remainder != 0 && (remainder < 0) != (b < 0)
      return operation == .modulo
        ? .integer(isRounded ? remainder + b : remainder)
        : .integer(isRounded ? quotient - 1 : quotient)
    case .power:
      guard b >= 0 else { return .double(try doubles(Double(a), .power, Double(b))) }
      return .integer(try power(a, b))
    }
    if overflow { throw TemplateError.overflow }
    return .integer(result)
  }

  static func power(_ base: Int, _ exponent: Int) throws(TemplateError) -> Int {
    var result = 1
    var factor = base
    var rest = exponent
    while rest > 0 {
      if rest & 1 == 1 {
        let (product, overflow) = result.multipliedReportingOverflow(by: factor)
        if overflow { throw TemplateError.overflow }
        result = product
      }
      rest >>= 1
      if rest > 0 {
        let (square, overflow) = factor.multipliedReportingOverflow(by: factor)
        if overflow { throw TemplateError.overflow }
        factor = square
      }
    }
    return result
  }

  private static var divisionByZero: TemplateError { TemplateError(.value, "division by zero") }

  private static func doubles(
    _ a: Double, _ operation: Arithmetic, _ b: Double
  ) throws(TemplateError) -> Double {
    switch operation {
    case .add: return a + b
    case .subtract: return a - b
    case .multiply: return a * b
    case .divide:
      guard b != 0 else { throw divisionByZero }
      return a / b
    case .floorDivide, .modulo:
      guard b != 0 else { throw divisionByZero }
      var remainder = a.truncatingRemainder(dividingBy: b)
      if remainder != 0, (remainder < 0) != (b < 0) { remainder += b }
      if operation == .modulo {
        return remainder == 0 ? Double(signOf: b, magnitudeOf: 0) : remainder
      }
      return ((a - remainder) / b).rounded()
    case .power: return try power(a, b)
    }
  }

  private static func power(_ base: Double, _ exponent: Double) throws(TemplateError) -> Double {
    if base == 0, exponent < 0 { throw divisionByZero }
    guard base >= 0 || exponent == exponent.rounded() else {
      throw TemplateError(.value, "a negative number to a fractional power")
    }
    let result = pow(base, exponent)
    guard result.isFinite || !base.isFinite || !exponent.isFinite else {
      throw TemplateError.overflow
    }
    return result
  }
}

extension Value {
  var isMarkup: Bool {
    if case .markup = self { true } else { false }
  }
}

extension Renderer {
  /// A text as a string of the same kind as another.
  func wrap(_ text: String, like other: Value) -> Value {
    other.isMarkup ? .markup(text) : .string(text)
  }
}
