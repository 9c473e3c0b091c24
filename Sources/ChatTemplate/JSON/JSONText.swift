/// Scalars as JSON, the way Python's `json` writes them.
enum JSONText {
  static func number(_ number: Double) -> String {
    if number.isNaN { return "NaN" }
    if number.isInfinite { return number < 0 ? "-Infinity" : "Infinity" }
    return PythonNumber.text(of: number)
  }

  /// Adds a string in quotes.
  static func write(_ string: String, isASCII: Bool, to text: inout String) {
    text += "\""
    let needsEscapes = string.utf8.contains { byte in
      byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
        || (isASCII && byte >= 0x7F)
    }
    if needsEscapes {
      for scalar in string.unicodeScalars { write(scalar, isASCII: isASCII, to: &text) }
    } else {
      text += string
    }
    text += "\""
  }

  private static func write(_ scalar: Unicode.Scalar, isASCII: Bool, to text: inout String) {
    switch scalar {
    case "\"": text += "\\\""
    case "\\": text += "\\\\"
    case "\n": text += "\\n"
    case "\r": text += "\\r"
    case "\t": text += "\\t"
    case "\u{8}": text += "\\b"
    case "\u{C}": text += "\\f"
    default:
      if scalar.value < 0x20 || (isASCII && scalar.value >= 0x7F) {
        for unit in UTF16.encode(scalar) ?? .init() {
          text += "\\u" + PythonString.hex(UInt32(unit), width: 4)
        }
      } else {
        text.unicodeScalars.append(scalar)
      }
    }
  }
}

extension TemplateValue {
  /// The value as JSON in one line, written as Python's `json.dumps` writes it by default, but
  /// with text as it is.
  public var json: String {
    var text = ""
    writeJSON(to: &text)
    return text
  }

  private func writeJSON(to text: inout String) {
    switch self {
    case .none: text += "null"
    case .boolean(let value): text += value ? "true" : "false"
    case .integer(let number): text += String(number)
    case .double(let number): text += JSONText.number(number)
    case .string(let string): JSONText.write(string, isASCII: false, to: &text)
    case .array(let elements):
      text += "["
      for (index, element) in elements.enumerated() {
        if index > 0 { text += ", " }
        element.writeJSON(to: &text)
      }
      text += "]"
    case .object(let object):
      text += "{"
      for (index, member) in object.members.enumerated() {
        if index > 0 { text += ", " }
        JSONText.write(member.name, isASCII: false, to: &text)
        text += ": "
        member.value.writeJSON(to: &text)
      }
      text += "}"
    }
  }
}
