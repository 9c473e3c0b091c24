extension TemplateValue {
  /// Reads a JSON text. Of two equal names the later one counts, in the place of the first.
  ///
  /// Whole numbers that need more than 64 bits become doubles.
  ///
  /// - Throws: ``TemplateError/Code/invalidJSON`` with the place, also for text that nests deeper
  ///   than 200.
  public init(json: String) throws(TemplateError) {
    var reader = JSONReader(json.bytes)
    self = try reader.readAll()
  }
}

/// Reads JSON, strictly as RFC 8259 has it.
private struct JSONReader {
  private let bytes: [UInt8]
  private var position = 0
  private static let nesting = 200

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  mutating func readAll() throws(TemplateError) -> TemplateValue {
    let value = try readValue(depth: 0)
    skipSpace()
    guard position == bytes.count else { throw error("text after the value") }
    return value
  }

  private func error(_ message: String) -> TemplateError {
    TemplateError(.invalidJSON, message).located(at: position, in: bytes)
  }

  private var byte: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func skipSpace() {
    while let byte, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
  }

  private mutating func skip(_ expected: UInt8) -> Bool {
    skipSpace()
    guard byte == expected else { return false }
    position += 1
    return true
  }

  private mutating func readValue(depth: Int) throws(TemplateError) -> TemplateValue {
    guard depth <= Self.nesting else { throw error("the value nests too deep") }
    skipSpace()
    switch byte {
    case UInt8(ascii: "{"): return try readObject(depth: depth)
    case UInt8(ascii: "["): return try readArray(depth: depth)
    case UInt8(ascii: "\""): return .string(try readString())
    case UInt8(ascii: "t"): return try read("true", .boolean(true))
    case UInt8(ascii: "f"): return try read("false", .boolean(false))
    case UInt8(ascii: "n"): return try read("null", .none)
    case nil: throw error("a value is missing")
    default: return try readNumber()
    }
  }

  private mutating func read(
    _ word: String, _ value: TemplateValue
  ) throws(TemplateError) -> TemplateValue {
    guard bytes[position...].starts(with: word.utf8) else { throw error("no value") }
    position += word.utf8.count
    return value
  }

  private mutating func readArray(depth: Int) throws(TemplateError) -> TemplateValue {
    position += 1
    var elements: [TemplateValue] = []
    if skip(UInt8(ascii: "]")) { return .array(elements) }
    repeat {
      elements.append(try readValue(depth: depth + 1))
    } while skip(UInt8(ascii: ","))
    guard skip(UInt8(ascii: "]")) else { throw error("a list without its end") }
    return .array(elements)
  }

  private mutating func readObject(depth: Int) throws(TemplateError) -> TemplateValue {
    position += 1
    var object = TemplateObject()
    if skip(UInt8(ascii: "}")) { return .object(object) }
    repeat {
      skipSpace()
      guard byte == UInt8(ascii: "\"") else { throw error("a name was expected") }
      let name = try readString()
      guard skip(UInt8(ascii: ":")) else { throw error("a colon was expected") }
      object[name] = try readValue(depth: depth + 1)
    } while skip(UInt8(ascii: ","))
    guard skip(UInt8(ascii: "}")) else { throw error("an object without its end") }
    return .object(object)
  }

  private mutating func readNumber() throws(TemplateError) -> TemplateValue {
    let start = position
    if byte == UInt8(ascii: "-") { position += 1 }
    let firstDigit = position
    let digits = skipDigits()
    guard digits > 0, digits == 1 || bytes[firstDigit] != UInt8(ascii: "0") else {
      throw error("no value")
    }
    var isWhole = true
    if byte == UInt8(ascii: ".") {
      isWhole = false
      position += 1
      guard skipDigits() > 0 else { throw error("a digit was expected") }
    }
    if byte == UInt8(ascii: "e") || byte == UInt8(ascii: "E") {
      isWhole = false
      position += 1
      if byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-") { position += 1 }
      guard skipDigits() > 0 else { throw error("a digit was expected") }
    }
    let text = bytes[start..<position].text
    if isWhole, let integer = Int(text) { return .integer(integer) }
    guard let number = Double(text) else { throw error("no number") }
    return .double(number)
  }

  private mutating func skipDigits() -> Int {
    let start = position
    while let byte, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { position += 1 }
    return position - start
  }

  private mutating func readString() throws(TemplateError) -> String {
    position += 1
    let start = position
    while let byte, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 {
      position += 1
    }
    if byte == UInt8(ascii: "\"") {
      position += 1
      return bytes[start..<position - 1].text
    }
    var result = Array(bytes[start..<position])
    while let byte {
      position += 1
      switch byte {
      case UInt8(ascii: "\""): return result.text
      case UInt8(ascii: "\\"): try readEscape(to: &result)
      case 0..<0x20:
        position -= 1
        throw error("a control character in a string")
      default: result.append(byte)
      }
    }
    throw error("a string without its end")
  }

  private mutating func readEscape(to result: inout [UInt8]) throws(TemplateError) {
    guard let byte else { throw error("a string without its end") }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): result.append(byte)
    case UInt8(ascii: "b"): result.append(8)
    case UInt8(ascii: "f"): result.append(12)
    case UInt8(ascii: "n"): result.append(10)
    case UInt8(ascii: "r"): result.append(13)
    case UInt8(ascii: "t"): result.append(9)
    case UInt8(ascii: "u"):
      var value = try readUnit()
      if (0xD800..<0xDC00).contains(value), bytes[position...].starts(with: "\\u".utf8) {
        position += 2
        let low = try readUnit()
        guard (0xDC00..<0xE000).contains(low) else { throw error("half of a character") }
        value = 0x10000 + (value - 0xD800) << 10 + (low - 0xDC00)
      }
      guard let scalar = Unicode.Scalar(value) else { throw error("half of a character") }
      result += UTF8.encode(scalar) ?? .init()
    default: throw error("no escape")
    }
  }

  private mutating func readUnit() throws(TemplateError) -> UInt32 {
    guard position + 4 <= bytes.count else { throw error("four digits were expected") }
    var value: UInt32 = 0
    for byte in bytes[position..<position + 4] {
      guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw error("four digits were expected")
      }
      value = value << 4 | UInt32(digit)
    }
    position += 4
    return value
  }
}
