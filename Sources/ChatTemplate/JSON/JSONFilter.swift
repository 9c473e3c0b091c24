/// How JSON is written.
struct JSONStyle {
  var isASCII = false
  var sortsKeys = false
  /// What a level of nesting indents by; nil for everything in one line.
  var indent: String?
  var itemSeparator = ", "
  var keySeparator = ": "
}

extension Renderer {
  /// The filter `tojson` as Hugging Face's template engine has it: Python's `json.dumps`.
  mutating func jsonFilter(
    _ value: Value, _ reader: inout ArgumentReader
  ) throws(TemplateError) -> String {
    var style = JSONStyle()
    style.isASCII = try reader.flag("ensure_ascii")
    let indent = try reader.next("indent")
    let separators = try reader.next("separators")
    style.sortsKeys = try reader.flag("sort_keys")
    if let text = indent?.text {
      style.indent = text
    } else if let count = indent?.integer {
      style.indent = try repeated(" ", count)
    } else if let indent, !indent.isNone {
      throw TemplateError(.type, "indent of tojson is an integer or a string")
    }
    if style.indent != nil { style.itemSeparator = "," }
    if let separators, !separators.isNone {
      let parts = try elements(of: separators)
      guard parts.count == 2, let item = parts[0].text, let key = parts[1].text else {
        throw TemplateError(.value, "separators of tojson are two strings")
      }
      (style.itemSeparator, style.keySeparator) = (item, key)
    }
    var text = ""
    try writeJSON(value, style, indent: "\n", to: &text)
    return try charged(text)
  }

  private mutating func writeJSON(
    _ value: Value, _ style: JSONStyle, indent: String, to text: inout String
  ) throws(TemplateError) {
    try step()
    switch value {
    case .none: text += "null"
    case .boolean(let value): text += value ? "true" : "false"
    case .integer(let number): text += String(number)
    case .double(let number): text += JSONText.number(number)
    case .string(let string), .markup(let string):
      try charge(bytes: string.utf8.count)
      JSONText.write(string, isASCII: style.isASCII, to: &text)
    case .list(let list): try writeJSON(list.elements, style, indent: indent, to: &text)
    case .tuple(let tuple): try writeJSON(tuple.elements, style, indent: indent, to: &text)
    case .dict(let dict): try writeJSON(dict, style, indent: indent, to: &text)
    case .undefined, .object:
      throw TemplateError(.type, "\(value.typeName) cannot be written as JSON")
    }
    try checkSize(of: text)
  }

  private mutating func writeJSON(
    _ elements: [Value], _ style: JSONStyle, indent: String, to text: inout String
  ) throws(TemplateError) {
    if elements.isEmpty {
      text += "[]"
      return
    }
    let inner = style.indent.map { indent + $0 }
    nesting += 1
    try checkDepth(nesting)
    text += "["
    for (index, element) in elements.enumerated() {
      if index > 0 { text += style.itemSeparator }
      if let inner { text += inner }
      try writeJSON(element, style, indent: inner ?? indent, to: &text)
    }
    if inner != nil { text += indent }
    text += "]"
    nesting -= 1
  }

  private mutating func writeJSON(
    _ dict: DictObject, _ style: JSONStyle, indent: String, to text: inout String
  ) throws(TemplateError) {
    if dict.entries.isEmpty {
      text += "{}"
      return
    }
    let inner = style.indent.map { indent + $0 }
    nesting += 1
    try checkDepth(nesting)
    text += "{"
    for (index, entry) in try entries(of: dict, isSorted: style.sortsKeys).enumerated() {
      if index > 0 { text += style.itemSeparator }
      if let inner { text += inner }
      JSONText.write(try jsonKey(entry.key), isASCII: style.isASCII, to: &text)
      text += style.keySeparator
      try writeJSON(entry.value, style, indent: inner ?? indent, to: &text)
    }
    if inner != nil { text += indent }
    text += "}"
    nesting -= 1
  }

  private mutating func entries(
    of dict: DictObject, isSorted: Bool
  ) throws(TemplateError) -> [(key: Value, value: Value)] {
    guard isSorted else { return dict.entries }
    var arguments = Arguments()
    arguments.positional = [.boolean(true)]
    var reader = ArgumentReader(arguments, of: "tojson")
    let sorted = try sortedEntries(of: .dict(dict), &reader)
    var entries: [(key: Value, value: Value)] = []
    for entry in try elements(of: sorted) {
      let parts = try elements(of: entry)
      entries.append((parts[0], parts[1]))
    }
    return entries
  }

  private func jsonKey(_ key: Value) throws(TemplateError) -> String {
    switch key {
    case .string(let text), .markup(let text): return text
    case .integer(let number): return String(number)
    case .double(let number): return JSONText.number(number)
    case .boolean(let value): return value ? "true" : "false"
    case .none: return "null"
    default: throw TemplateError(.type, "\(key.typeName) cannot be a key of JSON")
    }
  }
}
