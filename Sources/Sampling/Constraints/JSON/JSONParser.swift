/// Reads JSON text (RFC 8259), strictly.
struct JSONParser {
  private let bytes: [UInt8]
  private(set) var position = 0

  /// Why text is not JSON.
  struct Failure: Error {
    var message: String
    var offset: Int
  }

  /// How deep arrays and objects may nest.
  static let maximumDepth = 256
  /// The greatest power of ten, either way, of a number.
  static let maximumExponent = 4000

  private init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// Reads a whole text.
  static func parse(_ text: some Sequence<UInt8>) throws(Failure) -> JSONValue {
    var parser = JSONParser(Array(text))
    let value = try parser.value(depth: 0)
    parser.skipSpace()
    guard parser.position == parser.bytes.count else {
      throw parser.failure("nothing may follow the value")
    }
    return value
  }

  private mutating func value(depth: Int) throws(Failure) -> JSONValue {
    guard depth < Self.maximumDepth else {
      throw failure("values nest deeper than \(Self.maximumDepth)")
    }
    skipSpace()
    switch byte {
    case UInt8(ascii: "{"): return try object(depth: depth)
    case UInt8(ascii: "["): return try array(depth: depth)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "-"): return .number(try number())
    case let byte? where byte.isDigit: return .number(try number())
    default: break
    }
    for (word, value) in [("null", JSONValue.null), ("true", .bool(true)), ("false", .bool(false))]
    where bytes[position...].starts(with: word.utf8) {
      position += word.utf8.count
      return value
    }
    throw failure("expected a value")
  }

  private mutating func object(depth: Int) throws(Failure) -> JSONValue {
    position += 1
    var members: [JSONValue.Member] = []
    var keys: Set<JSONText> = []
    skipSpace()
    if take(UInt8(ascii: "}")) { return .object([]) }
    while true {
      skipSpace()
      guard byte == UInt8(ascii: "\"") else { throw failure("expected a key") }
      let place = position
      let key = try string()
      guard keys.insert(key).inserted else {
        throw Failure(message: "the key “\(key)” comes twice", offset: place)
      }
      skipSpace()
      guard take(UInt8(ascii: ":")) else { throw failure("expected “:”") }
      members.append(JSONValue.Member(key: key, value: try value(depth: depth + 1)))
      skipSpace()
      if take(UInt8(ascii: "}")) { return .object(members) }
      guard take(UInt8(ascii: ",")) else { throw failure("expected “,” or “}”") }
    }
  }

  private mutating func array(depth: Int) throws(Failure) -> JSONValue {
    position += 1
    var values: [JSONValue] = []
    skipSpace()
    if take(UInt8(ascii: "]")) { return .array([]) }
    while true {
      values.append(try value(depth: depth + 1))
      skipSpace()
      if take(UInt8(ascii: "]")) { return .array(values) }
      guard take(UInt8(ascii: ",")) else { throw failure("expected “,” or “]”") }
    }
  }

  private mutating func string() throws(Failure) -> JSONText {
    let start = position
    position += 1
    var lexer = StringLexer()
    var scalars: [UInt32] = []
    while let byte {
      let event = lexer.read(byte)
      position += 1
      switch event {
      case .scalar(let scalar): scalars.append(scalar)
      case .partial: break
      case .close: return JSONText(scalars: scalars)
      case .invalid:
        position -= 1
        throw failure("a string cannot contain this byte here")
      }
    }
    throw Failure(message: "the string does not end", offset: start)
  }

  private mutating func number() throws(Failure) -> ExactDecimal {
    let start = position
    var text = NumberText()
    while let byte, text.append(byte) { position += 1 }
    guard text.isComplete else { throw failure("the number is not complete") }
    guard let value = text.value(maximumExponent: Self.maximumExponent) else {
      throw Failure(
        message: "the number's power of ten is beyond \(Self.maximumExponent)", offset: start)
    }
    return value
  }

  private var byte: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func take(_ expected: UInt8) -> Bool {
    guard byte == expected else { return false }
    position += 1
    return true
  }

  private mutating func skipSpace() {
    while let byte, byte.isJSONSpace { position += 1 }
  }

  private func failure(_ message: String) -> Failure {
    Failure(message: message, offset: position)
  }
}

extension UInt8 {
  /// Whether it may stand between the parts of JSON text.
  var isJSONSpace: Bool { self == 0x20 || self == 0x0A || self == 0x0D || self == 0x09 }
}
