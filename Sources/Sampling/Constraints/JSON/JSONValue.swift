/// A JSON value as a schema needs it: numbers without rounding, keys in order.
indirect enum JSONValue: Sendable, Equatable {
  case null
  case bool(Bool)
  case number(ExactDecimal)
  case string(JSONText)
  case array([JSONValue])
  case object([Member])

  /// A key with its value.
  struct Member: Sendable, Equatable {
    var key: JSONText
    var value: JSONValue
  }

  static func text(_ text: String) -> JSONValue { .string(JSONText(text)) }

  static func members(_ members: (String, JSONValue)...) -> JSONValue {
    .object(members.map { Member(key: JSONText($0.0), value: $0.1) })
  }

  subscript(_ key: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    let key = JSONText(key)
    return members.first { $0.key == key }?.value
  }

  /// The value as JSON text without spaces.
  var spelled: [UInt8] {
    var bytes: [UInt8] = []
    spell(into: &bytes)
    return bytes
  }

  private func spell(into bytes: inout [UInt8]) {
    switch self {
    case .null: bytes += "null".utf8
    case .bool(let value): bytes += (value ? "true" : "false").utf8
    case .number(let value): bytes += value.spelled
    case .string(let text): bytes += text.spelled
    case .array(let values):
      bytes.append(0x5B)
      for (index, value) in values.enumerated() {
        if index > 0 { bytes.append(0x2C) }
        value.spell(into: &bytes)
      }
      bytes.append(0x5D)
    case .object(let members):
      bytes.append(0x7B)
      for (index, member) in members.enumerated() {
        if index > 0 { bytes.append(0x2C) }
        bytes += member.key.spelled
        bytes.append(0x3A)
        member.value.spell(into: &bytes)
      }
      bytes.append(0x7D)
    }
  }

  /// Whether two values are the same to JSON Schema: the order of keys does not matter.
  func isSame(as other: JSONValue) -> Bool {
    switch (self, other) {
    case (.array(let left), .array(let right)):
      return left.count == right.count && zip(left, right).allSatisfy { $0.isSame(as: $1) }
    case (.object(let left), .object(let right)):
      guard left.count == right.count else { return false }
      return left.allSatisfy { member in
        right.contains { $0.key == member.key && $0.value.isSame(as: member.value) }
      }
    default: return self == other
    }
  }
}

extension ExactDecimal {
  /// The number as JSON: with zeros where few are needed, else with an exponent.
  var spelled: [UInt8] {
    if isZero { return [0x30] }
    var bytes: [UInt8] = isNegative ? [0x2D] : []
    let text = digits.map { $0 + 0x30 }
    switch exponent {
    case 0...20: bytes += text + [UInt8](repeating: 0x30, count: exponent)
    case ..<0 where magnitude > 0: bytes += text[..<magnitude] + [0x2E] + text[magnitude...]
    case ..<0 where magnitude > -7:
      bytes += [0x30, 0x2E] + [UInt8](repeating: 0x30, count: -magnitude) + text
    default: bytes += text + Array("e\(exponent)".utf8)
    }
    return bytes
  }
}
