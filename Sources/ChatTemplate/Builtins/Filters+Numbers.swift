extension Renderer {
  /// Filters of numbers.
  mutating func number(
    _ filter: FilterName, _ value: Value, _ reader: inout ArgumentReader
  ) throws(TemplateError) -> Value {
    switch filter {
    case .sum: return try sum(value, &reader)
    case .int: return try integerFilter(value, &reader)
    case .float:
      let initial = try reader.next("default") ?? .double(0)
      if case .undefined(let name) = value { throw .undefined(name) }
      if let text = value.text { return PythonNumber.double(text).map(Value.double) ?? initial }
      return value.number.map(Value.double) ?? initial
    case .filesizeformat:
      let isBinary = try reader.flag("binary")
      guard let size = value.number ?? value.text.flatMap(PythonNumber.double) else {
        throw TemplateError(.type, "\(value.typeName) is no size")
      }
      return .string(Self.fileSize(size, isBinary: isBinary))
    case .round: return try rounded(value, &reader)
    default:
      if let number = value.integer {
        guard number != .min else { throw TemplateError.overflow }
        return .integer(Swift.abs(number))
      }
      if let number = value.number { return .double(number.magnitude) }
      if case .undefined(let name) = value { throw .undefined(name) }
      throw TemplateError(.type, "\(value.typeName) has no absolute value")
    }
  }

  private mutating func sum(
    _ value: Value, _ reader: inout ArgumentReader
  ) throws(TemplateError) -> Value {
    let path = AttributePath(try reader.next("attribute"))
    var total = try reader.next("start") ?? .integer(0)
    if total.text != nil { throw TemplateError(.type, "strings are joined, not summed") }
    for element in try elements(of: value) {
      total = try combine(total, .add, self.value(at: path, of: element))
    }
    return total
  }

  private func integerFilter(
    _ value: Value, _ reader: inout ArgumentReader
  ) throws(TemplateError) -> Value {
    let initial = try reader.next("default") ?? .integer(0)
    let radix = try reader.integer("base") ?? 10
    if case .undefined(let name) = value { throw .undefined(name) }
    if let number = value.integer { return .integer(number) }
    var number = value.number
    if let text = value.text {
      if let integer = PythonNumber.integer(text, radix: radix) { return .integer(integer) }
      number = PythonNumber.double(text)
      let digits = PythonText.strip(text, where: \.isPythonSpace).utf8
      if digits.allSatisfy({ 48...57 ~= $0 || $0 == 45 || $0 == 43 }), number != nil {
        throw TemplateError.overflow
      }
    }
    guard let number, number.isFinite else { return initial }
    guard let integer = Int(exactly: number.rounded(.towardZero)) else {
      throw TemplateError.overflow
    }
    return .integer(integer)
  }

  private func rounded(
    _ value: Value, _ reader: inout ArgumentReader
  ) throws(TemplateError) -> Value {
    let precision = try reader.integer("precision") ?? 0
    let method = try reader.text("method") ?? "common"
    guard ["common", "ceil", "floor"].contains(method) else {
      throw TemplateError(.value, "round rounds common, ceil or floor")
    }
    if case .undefined(let name) = value { throw .undefined(name) }
    guard let number = value.number else {
      throw TemplateError(.type, "\(value.typeName) cannot be rounded")
    }
    if method == "common" {
      if let integer = value.integer { return try rounded(integer, precision) }
      return .double(PythonNumber.rounded(number, fraction: precision))
    }
    guard (0...18).contains(precision) else {
      throw TemplateError(.value, "round takes a precision from 0 to 18 with \(method)")
    }
    let factor = Double(try Self.power(10, precision))
    let scaled = (number * factor).rounded(method == "ceil" ? .up : .down)
    return .double(scaled / factor)
  }

  /// An integer rounded to a power of ten, half to even.
  private func rounded(_ number: Int, _ precision: Int) throws(TemplateError) -> Value {
    guard precision < 0 else { return .integer(number) }
    guard precision > -19 else { return .integer(0) }
    let unit = try Self.power(10, -precision)
    var quotient = number / unit
    let rest = (number % unit).magnitude * 2
    if rest > UInt(unit) || (rest == UInt(unit) && quotient % 2 != 0) {
      quotient += number < 0 ? -1 : 1
    }
    let (result, overflow) = quotient.multipliedReportingOverflow(by: unit)
    if overflow { throw TemplateError.overflow }
    return .integer(result)
  }

  private static func fileSize(_ bytes: Double, isBinary: Bool) -> String {
    let base: Double = isBinary ? 1024 : 1000
    if bytes == 1 { return "1 Byte" }
    if !bytes.isFinite || bytes < base {
      return "\(Int(exactly: bytes.rounded(.towardZero)) ?? 0) Bytes"
    }
    var unit = base
    let prefixes = ["k", "M", "G", "T", "P", "E", "Z", "Y"]
    for (index, prefix) in prefixes.enumerated() {
      let isLast = index == prefixes.count - 1
      if bytes < unit * base || isLast {
        let name = isBinary ? prefix.uppercased() + "iB" : prefix + "B"
        return DecimalExpansion.fixed(bytes / unit, fraction: 1) + " " + name
      }
      unit *= base
    }
    return ""
  }
}

extension PythonNumber {
  /// Python's `round` of a float.
  static func rounded(_ number: Double, fraction: Int) -> Double {
    guard number.isFinite, fraction < 330 else { return number }
    guard fraction > -310 else { return Double(signOf: number, magnitudeOf: 0) }
    if fraction >= 0 {
      let text = DecimalExpansion.fixed(number.magnitude, fraction: fraction)
      return Double(signOf: number, magnitudeOf: Double(text) ?? number)
    }
    var expansion = DecimalExpansion(number.magnitude)
    expansion.round(toFraction: fraction)
    let digits = expansion.digits.map { $0 + UInt8(ascii: "0") }
    let power = expansion.point - digits.count
    let text = digits.isEmpty ? "0" : digits.text + "e\(power)"
    return Double(signOf: number, magnitudeOf: Double(text) ?? 0)
  }
}
