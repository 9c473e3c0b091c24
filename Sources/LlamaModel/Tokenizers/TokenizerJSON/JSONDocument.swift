/// A JSON value whose strings are bytes: pieces of a vocabulary may differ where strings with
/// Unicode's equality do not, such as "é" with and without a combining mark.
enum JSONDocument: Sendable {
  case null
  case bool(Bool)
  case number(Double)
  case string([UInt8])
  case array([JSONDocument])
  case object([(key: [UInt8], value: JSONDocument)])

  /// The deepest nesting that is read.
  static let maximumDepth = 64

  /// Reads a document (RFC 8259).
  ///
  /// - Throws: ``ModelError`` of code ``ModelError/Code/invalidConfiguration`` at the byte that is
  ///   wrong.
  init(_ bytes: [UInt8]) throws(ModelError) {
    var reader = Reader(bytes: bytes)
    self = try reader.document()
  }

  /// The value of a key; of equal ones the last.
  subscript(key: String) -> JSONDocument? {
    guard case .object(let members) = self else { return nil }
    let bytes = Array(key.utf8)
    return members.last { $0.key == bytes }?.value
  }

  var isNull: Bool { if case .null = self { true } else { false } }
  var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
  var number: Double? { if case .number(let value) = self { value } else { nil } }
  var int: Int? { number.flatMap { Int(exactly: $0) } }
  var bytes: [UInt8]? { if case .string(let value) = self { value } else { nil } }
  var string: String? { bytes.map { String(decoding: $0, as: UTF8.self) } }
  var array: [JSONDocument]? { if case .array(let values) = self { values } else { nil } }
  var members: [(key: [UInt8], value: JSONDocument)]? {
    if case .object(let members) = self { members } else { nil }
  }
}

extension JSONDocument {
  private struct Reader {
    let bytes: [UInt8]
    var index = 0
    var depth = 0

    mutating func document() throws(ModelError) -> JSONDocument {
      let value = try value()
      skipSpace()
      guard index == bytes.count else { throw failure("something follows the JSON value") }
      return value
    }

    func failure(_ message: String) -> ModelError {
      ModelError(.invalidConfiguration, message, at: .byteOffset(index))
    }

    var next: UInt8? { index < bytes.count ? bytes[index] : nil }

    mutating func skipSpace() {
      while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
        index += 1
      }
    }

    mutating func skip(_ byte: Character) throws(ModelError) {
      guard let next, byte.asciiValue == next else {
        throw failure("expected the character \(byte)")
      }
      index += 1
    }

    mutating func value() throws(ModelError) -> JSONDocument {
      skipSpace()
      switch next {
      case UInt8(ascii: "{"): return try object()
      case UInt8(ascii: "["): return try array()
      case UInt8(ascii: "\""): return .string(try string())
      case UInt8(ascii: "t"): return try word("true", .bool(true))
      case UInt8(ascii: "f"): return try word("false", .bool(false))
      case UInt8(ascii: "n"): return try word("null", .null)
      default: return .number(try number())
      }
    }

    mutating func word(
      _ text: String, _ value: JSONDocument
    ) throws(ModelError) -> JSONDocument {
      guard bytes[index...].starts(with: text.utf8) else { throw failure("expected a JSON value") }
      index += text.utf8.count
      return value
    }

    mutating func enter() throws(ModelError) {
      depth += 1
      guard depth <= maximumDepth else { throw failure("the JSON value is nested too deeply") }
    }

    mutating func object() throws(ModelError) -> JSONDocument {
      try enter()
      defer { depth -= 1 }
      index += 1
      var members: [(key: [UInt8], value: JSONDocument)] = []
      skipSpace()
      if next == UInt8(ascii: "}") {
        index += 1
        return .object(members)
      }
      while true {
        skipSpace()
        let key = try string()
        skipSpace()
        try skip(":")
        members.append((key, try value()))
        skipSpace()
        guard next == UInt8(ascii: ",") else { break }
        index += 1
      }
      try skip("}")
      return .object(members)
    }

    mutating func array() throws(ModelError) -> JSONDocument {
      try enter()
      defer { depth -= 1 }
      index += 1
      var values: [JSONDocument] = []
      skipSpace()
      if next == UInt8(ascii: "]") {
        index += 1
        return .array(values)
      }
      while true {
        values.append(try value())
        skipSpace()
        guard next == UInt8(ascii: ",") else { break }
        index += 1
      }
      try skip("]")
      return .array(values)
    }

    mutating func number() throws(ModelError) -> Double {
      let start = index
      while let byte = next, (0x30...0x39).contains(byte) || "+-.eE".utf8.contains(byte) {
        index += 1
      }
      let text = String(decoding: bytes[start..<index], as: UTF8.self)
      guard let value = Double(text), value.isFinite else {
        index = start
        throw failure("expected a JSON value")
      }
      return value
    }

    mutating func string() throws(ModelError) -> [UInt8] {
      try skip("\"")
      var result: [UInt8] = []
      while let byte = next {
        index += 1
        switch byte {
        case UInt8(ascii: "\""): return result
        case UInt8(ascii: "\\"): try escape(into: &result)
        case 0..<0x20:
          index -= 1
          throw failure("a control character in a JSON string")
        default: result.append(byte)
        }
      }
      throw failure("a JSON string without an end")
    }

    mutating func escape(into result: inout [UInt8]) throws(ModelError) {
      guard let byte = next else { throw failure("a JSON string without an end") }
      index += 1
      switch byte {
      case UInt8(ascii: "n"): result.append(0x0A)
      case UInt8(ascii: "t"): result.append(0x09)
      case UInt8(ascii: "r"): result.append(0x0D)
      case UInt8(ascii: "b"): result.append(0x08)
      case UInt8(ascii: "f"): result.append(0x0C)
      case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): result.append(byte)
      case UInt8(ascii: "u"):
        var value = try hexadecimal()
        if (0xD800..<0xDC00).contains(value), index + 1 < bytes.count,
          bytes[index] == UInt8(ascii: "\\"), bytes[index + 1] == UInt8(ascii: "u")
        {
          index += 2
          let low = try hexadecimal()
          guard (0xDC00..<0xE000).contains(low) else { throw failure("half a surrogate pair") }
          value = 0x10000 + (value - 0xD800) << 10 + (low - 0xDC00)
        }
        guard let scalar = Unicode.Scalar(value) else { throw failure("half a surrogate pair") }
        result += UTF8.encode(scalar).map { Array($0) } ?? []
      default: throw failure("an unknown escape in a JSON string")
      }
    }

    mutating func hexadecimal() throws(ModelError) -> UInt32 {
      let digits = bytes[index..<min(index + 4, bytes.count)]
      let isHexadecimal = digits.allSatisfy {
        (0x30...0x39).contains($0) || (0x61...0x66).contains($0 | 0x20)
      }
      guard digits.count == 4, isHexadecimal,
        let value = UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
      else { throw failure("an escape needs four hexadecimal digits") }
      index += 4
      return value
    }
  }
}
