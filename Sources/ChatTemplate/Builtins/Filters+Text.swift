extension Renderer {
  /// Filters of strings.
  mutating func text(
    _ filter: FilterName, _ value: Value, _ reader: inout ArgumentReader
  ) throws(TemplateError) -> Value {
    let text = try text(of: value)
    try charge(bytes: text.utf8.count)
    switch filter {
    case .upper: return wrap(try charged(PythonText.uppercased(text)), like: value)
    case .lower: return wrap(try charged(PythonText.lowercased(text)), like: value)
    case .capitalize: return wrap(PythonText.capitalized(text), like: value)
    case .title: return .string(Self.titleFilter(text))
    case .trim:
      let characters = try reader.optionalText("chars")
      return wrap(Self.stripped(text, characters), like: value)
    case .replace:
      let old = try self.text(of: reader.required("old"))
      let new = try self.text(of: reader.required("new"))
      let count = try reader.optionalInteger("count")
      return .string(try replaced(text, old, new, count))
    case .center:
      return wrap(try centered(text, reader.integer("width") ?? 80, fill: " "), like: value)
    case .indent:
      guard value.text != nil else {
        if case .undefined(let name) = value { throw .undefined(name) }
        throw TemplateError(.type, "only strings can be indented, not \(value.typeName)")
      }
      return wrap(try indented(text, &reader), like: value)
    case .truncate: return wrap(try truncated(text, value, &reader), like: value)
    case .wordcount:
      var count = 0
      var isInWord = false
      for scalar in text.unicodeScalars {
        if scalar.isWord, !isInWord { count += 1 }
        isInWord = scalar.isWord
      }
      return .integer(count)
    case .wordwrap: return .string(try wrapped(text, &reader))
    case .string: return value.text != nil ? value : .string(text)
    case .pprint: return .string(try representation(of: value))
    case .safe: return .markup(text)
    case .escape, .e: return .markup(try escaped(value))
    case .forceescape: return .markup(try escaped(text: text))
    case .striptags: return .string(Self.withoutTags(text))
    case .urlencode: return .string(try urlEncoded(value, text))
    case .xmlattr: return .string(try xmlAttributes(value, &reader))
    default: return value
    }
  }

  /// The text without some characters, or white space, at its ends.
  static func stripped(
    _ text: String, _ characters: String?, left: Bool = true, right: Bool = true
  ) -> String {
    guard let characters else {
      return PythonText.strip(text, left: left, right: right, where: \.isPythonSpace)
    }
    let set = Set(characters.unicodeScalars)
    return PythonText.strip(text, left: left, right: right) { set.contains($0) }
  }

  /// The text with a part replaced, at most `count` times.
  mutating func replaced(
    _ text: String, _ old: String, _ new: String, _ count: Int?
  ) throws(TemplateError) -> String {
    let limit = count.flatMap { $0 < 0 ? nil : $0 } ?? .max
    if limit == 0 { return text }
    if old.isEmpty { return try interleaved(text, new, limit) }
    let bytes = text.bytes
    let pattern = old.bytes
    let replacement = new.bytes
    var result: [UInt8] = []
    var start = 0
    var replacements = 0
    while replacements < limit, let index = bytes.firstIndex(of: pattern, from: start) {
      result += bytes[start..<index]
      result += replacement
      start = index + pattern.count
      replacements += 1
      try checkSize(bytes: result.count)
    }
    if start == 0 { return text }
    result += bytes[start...]
    return try charged(result.text)
  }

  private mutating func interleaved(
    _ text: String, _ new: String, _ limit: Int
  ) throws(TemplateError) -> String {
    var result = ""
    var replacements = 0
    for scalar in text.unicodeScalars {
      if replacements < limit { result += new }
      replacements += 1
      result.unicodeScalars.append(scalar)
      try checkSize(of: result)
    }
    if replacements < limit { result += new }
    return try charged(result)
  }

  /// The text in the middle of a field.
  mutating func centered(
    _ text: String, _ width: Int, fill: String
  ) throws(TemplateError) -> String {
    let missing = width.subtractingReportingOverflow(text.scalarCount).partialValue
    guard missing > 0, width > 0 else { return text }
    // As in Python, which side gets an odd space depends on the width.
    let left = missing / 2 + (missing & width & 1)
    return try repeated(fill, left) + text + repeated(fill, missing - left)
  }

  private static func titleFilter(_ text: String) -> String {
    var result = ""
    var isInWord = false
    for scalar in text.unicodeScalars {
      let isBreak: Bool =
        switch scalar {
        case "-", "(", "{", "[", "<": true
        default: scalar.isPythonSpace
        }
      result +=
        isBreak
        ? String(scalar)
        : isInWord ? scalar.properties.lowercaseMapping : scalar.properties.uppercaseMapping
      isInWord = !isBreak
    }
    return result
  }

  private mutating func indented(
    _ text: String, _ reader: inout ArgumentReader
  ) throws(TemplateError) -> String {
    let width = try reader.next("width") ?? .integer(4)
    let isFirst = try reader.flag("first")
    let indentsBlank = try reader.flag("blank")
    let indent: String
    if let text = width.text {
      indent = text
    } else if let count = width.integer {
      indent = try repeated(" ", count)
    } else {
      throw TemplateError(.type, "width of indent is an integer or a string")
    }
    var result = isFirst ? indent : ""
    for (index, line) in PythonText.lines(of: text + "\n").enumerated() {
      if index > 0 {
        result += "\n"
        if indentsBlank || !line.isEmpty { result += indent }
      }
      result += line
      try checkSize(of: result)
    }
    return try charged(result)
  }

  private mutating func truncated(
    _ text: String, _ value: Value, _ reader: inout ArgumentReader
  ) throws(TemplateError) -> String {
    let length = try reader.integer("length") ?? 255
    let cutsWords = try reader.flag("killwords")
    let end = try reader.text("end") ?? "..."
    let leeway = try reader.optionalInteger("leeway") ?? 5
    let kept = length.subtractingReportingOverflow(end.scalarCount)
    guard kept.partialValue >= 0, !kept.overflow, leeway >= 0 else {
      throw TemplateError(.value, "truncate needs room for the end")
    }
    if case .undefined(let name) = value { throw .undefined(name) }
    guard value.text != nil else {
      throw TemplateError(.type, "only strings can be truncated, not \(value.typeName)")
    }
    let scalars = text.unicodeScalars
    if scalars.count <= length.addingReportingOverflow(leeway).partialValue { return text }
    var cut = String(scalars.prefix(kept.partialValue))
    if !cutsWords, let space = cut.utf8.lastIndex(of: UInt8(ascii: " ")) {
      cut = String(cut[..<space])
    }
    return cut + end
  }

  private static func withoutTags(_ text: String) -> String {
    var bytes = text.bytes
    remove(from: &bytes, between: "<!--", and: "-->")
    remove(from: &bytes, between: "<", and: ">")
    let words = PythonText.words(of: bytes.text, limit: nil).joined(separator: " ")
    return HTMLEntities.decoded(words)
  }

  private static func remove(
    from bytes: inout [UInt8], between start: String, and end: String
  ) {
    var result: [UInt8] = []
    var position = 0
    let (open, close) = (start.bytes, end.bytes)
    while let begin = bytes.firstIndex(of: open, from: position),
      let finish = bytes.firstIndex(of: close, from: begin + open.count)
    {
      result += bytes[position..<begin]
      position = finish + close.count
    }
    bytes = result + bytes[position...]
  }

  private mutating func urlEncoded(
    _ value: Value, _ text: String
  ) throws(TemplateError) -> String {
    guard value.text == nil, value.isIterable, !value.isUndefined else {
      return try charged(Self.percentEncoded(text, allows: "/"))
    }
    var pairs: [Value] = []
    if case .dict(let dict) = value {
      pairs = ViewObject(dict, .items).takeElements()
    } else {
      pairs = try elements(of: value)
    }
    var result = ""
    for pair in pairs {
      let parts = try elements(of: pair)
      guard parts.count == 2 else {
        throw TemplateError(.value, "urlencode needs pairs of names and values")
      }
      if !result.isEmpty { result += "&" }
      let name = try self.text(of: parts[0])
      let content = try self.text(of: parts[1])
      result += Self.percentEncoded(name, allows: "", isForm: true) + "="
      result += Self.percentEncoded(content, allows: "", isForm: true)
      try checkSize(of: result)
    }
    return try charged(result)
  }

  private static func percentEncoded(
    _ text: String, allows other: String, isForm: Bool = false
  ) -> String {
    var result: [UInt8] = []
    let allowed = Set("-_.~\(other)".utf8)
    for byte in text.utf8 {
      let scalar = Unicode.Scalar(byte)
      if allowed.contains(byte) || (byte < 0x80 && (scalar.isWord)) {
        result.append(byte)
      } else if isForm, byte == UInt8(ascii: " ") {
        result.append(UInt8(ascii: "+"))
      } else {
        result += ("%" + PythonString.hex(UInt32(byte), width: 2).uppercased()).utf8
      }
    }
    return result.text
  }

  private mutating func xmlAttributes(
    _ value: Value, _ reader: inout ArgumentReader
  ) throws(TemplateError) -> String {
    let startsWithSpace = try reader.next("autospace")?.isTrue ?? true
    guard case .dict(let dict) = value else {
      throw TemplateError(.type, "xmlattr needs a dict, not \(value.typeName)")
    }
    var parts: [String] = []
    for entry in dict.entries where !entry.value.isNone && !entry.value.isUndefined {
      guard let name = entry.key.text else {
        throw TemplateError(.type, "names of attributes are strings")
      }
      let forbidden = " \t\n\u{B}\u{C}\r/>=".utf8
      guard !name.utf8.contains(where: { forbidden.contains($0) }) else {
        throw TemplateError(.value, "\(name) is no name of an attribute")
      }
      let attribute = try escaped(entry.key) + "=\"" + escaped(entry.value) + "\""
      parts.append(try charged(attribute))
    }
    let text = try charged(parts.joined(separator: " "))
    return startsWithSpace && !text.isEmpty ? " " + text : text
  }
}
