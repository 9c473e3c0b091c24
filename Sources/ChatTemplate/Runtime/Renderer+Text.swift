extension Renderer {
  /// Python's `str`.
  mutating func text(of value: Value) throws(TemplateError) -> String {
    switch value {
    case .undefined: ""
    case .string(let text), .markup(let text): text
    default: try representation(of: value)
    }
  }

  /// Python's `repr`.
  mutating func representation(of value: Value) throws(TemplateError) -> String {
    switch value {
    case .undefined: return "Undefined"
    case .none: return "None"
    case .boolean(let value): return value ? "True" : "False"
    case .integer(let number): return String(number)
    case .double(let number): return PythonNumber.text(of: number)
    case .string(let text): return try charged(PythonString.representation(of: text))
    case .markup(let text):
      return try charged("Markup(\(PythonString.representation(of: text)))")
    case .list(let list): return try "[" + joined(list.elements) + "]"
    case .tuple(let tuple):
      let comma = tuple.elements.count == 1 ? "," : ""
      return try "(" + joined(tuple.elements) + comma + ")"
    case .dict(let dict): return try representation(of: dict)
    case .object(let object): return try object.text(&self)
    }
  }

  private mutating func joined(_ elements: [Value]) throws(TemplateError) -> String {
    try nested { (renderer) throws(TemplateError) in
      var text = ""
      for (index, element) in elements.enumerated() {
        if index > 0 { text += ", " }
        text += try renderer.representation(of: element)
        try renderer.checkSize(of: text)
      }
      return try renderer.charged(text)
    }
  }

  private mutating func representation(of dict: DictObject) throws(TemplateError) -> String {
    try nested { (renderer) throws(TemplateError) in
      var text = "{"
      for (index, entry) in dict.entries.enumerated() {
        if index > 0 { text += ", " }
        text += try renderer.representation(of: entry.key)
        text += ": "
        text += try renderer.representation(of: entry.value)
        try renderer.checkSize(of: text)
      }
      return try renderer.charged(text + "}")
    }
  }

  /// The text with HTML's special characters escaped, unless it is HTML already.
  mutating func escaped(_ value: Value) throws(TemplateError) -> String {
    if case .markup(let text) = value { return text }
    return try escaped(text: text(of: value))
  }

  mutating func escaped(text: String) throws(TemplateError) -> String {
    var result: [UInt8] = []
    result.reserveCapacity(text.utf8.count)
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "&"): result += "&amp;".utf8
      case UInt8(ascii: "<"): result += "&lt;".utf8
      case UInt8(ascii: ">"): result += "&gt;".utf8
      case UInt8(ascii: "'"): result += "&#39;".utf8
      case UInt8(ascii: "\""): result += "&#34;".utf8
      default: result.append(byte)
      }
    }
    return try charged(String(decoding: result, as: UTF8.self))
  }
}
