/// The methods of Python's strings.
enum StringMethod: String {
  case upper, lower, capitalize, title, swapcase, casefold
  case strip, lstrip, rstrip, removeprefix, removesuffix
  case split, rsplit, splitlines, partition, rpartition, join
  case startswith, endswith, find, rfind, index, rindex, count, replace
  case center, ljust, rjust, zfill, expandtabs, format
  case format_map
  case isalpha, isdigit, isalnum, isnumeric, isdecimal, isspace, isupper, islower, istitle
  case isascii, isidentifier, isprintable

  /// Whether letters with case are all of one.
  static func hasCase(_ text: String, isUpper: Bool) -> Bool {
    var hasCased = false
    for scalar in text.unicodeScalars {
      let properties = scalar.properties
      if properties.generalCategory == .titlecaseLetter { return false }
      if isUpper ? properties.isLowercase : properties.isUppercase { return false }
      if isUpper ? properties.isUppercase : properties.isLowercase { hasCased = true }
    }
    return hasCased
  }
}

extension Renderer {
  mutating func call(
    _ method: StringMethod, of text: String, _ value: Value, _ arguments: Arguments
  ) throws(TemplateError) -> Value {
    try charge(bytes: text.utf8.count)
    if method == .format { return try wrap(format(text, value, arguments), like: value) }
    var reader = ArgumentReader(arguments, of: method.rawValue)
    let result = try apply(method, text, value, &reader)
    try reader.finish()
    return result
  }

  private mutating func apply(
    _ method: StringMethod, _ text: String, _ value: Value, _ reader: inout ArgumentReader
  ) throws(TemplateError) -> Value {
    switch method {
    case .upper: return wrap(try charged(PythonText.uppercased(text)), like: value)
    case .lower, .casefold: return wrap(try charged(PythonText.lowercased(text)), like: value)
    case .capitalize: return wrap(PythonText.capitalized(text), like: value)
    case .title: return wrap(PythonText.titlecased(text), like: value)
    case .swapcase: return wrap(PythonText.swapcased(text), like: value)
    case .strip, .lstrip, .rstrip:
      let characters = try reader.optionalText("chars")
      let stripped = Self.stripped(
        text, characters, left: method != .rstrip, right: method != .lstrip)
      return wrap(stripped, like: value)
    case .removeprefix, .removesuffix, .replace, .center, .ljust, .rjust, .zfill, .expandtabs,
      .join, .format_map, .format:
      return wrap(try edited(method, text, value, &reader), like: value)
    case .split, .rsplit, .splitlines, .partition, .rpartition:
      return try parts(method, text, value, &reader)
    case .startswith, .endswith, .find, .rfind, .index, .rindex, .count:
      return try searched(method, text, &reader)
    default: return .boolean(Self.isOf(method, text))
    }
  }

  /// Methods that give another text.
  private mutating func edited(
    _ method: StringMethod, _ text: String, _ value: Value, _ reader: inout ArgumentReader
  ) throws(TemplateError) -> String {
    switch method {
    case .removeprefix:
      let prefix = try reader.text("prefix") ?? ""
      return text.bytes.starts(with: prefix.utf8)
        ? text.bytes.dropFirst(prefix.utf8.count).text : text
    case .removesuffix:
      let suffix = try reader.text("suffix") ?? ""
      return text.bytes.reversed().starts(with: suffix.utf8.reversed())
        ? text.bytes.dropLast(suffix.utf8.count).text : text
    case .replace:
      guard let old = try reader.text("old"), let new = try reader.text("new") else {
        throw TemplateError(.type, "replace needs two strings")
      }
      return try replaced(text, old, new, reader.integer("count"))
    case .center, .ljust, .rjust:
      let width = try reader.integer("width") ?? 0
      let fill = try reader.text("fillchar") ?? " "
      guard fill.scalarCount == 1 else {
        throw TemplateError(.type, "a field is filled with one character")
      }
      if method == .center { return try centered(text, width, fill: fill) }
      let missing = width > 0 ? max(0, width - text.scalarCount) : 0
      let space = try repeated(fill, missing)
      return method == .ljust ? text + space : space + text
    case .zfill:
      let width = try reader.integer("width") ?? 0
      let missing = width > 0 ? max(0, width - text.scalarCount) : 0
      let zeros = try repeated("0", missing)
      let isSigned = text.utf8.first == UInt8(ascii: "-") || text.utf8.first == UInt8(ascii: "+")
      return isSigned ? String(text.prefix(1)) + zeros + text.dropFirst() : zeros + text
    case .expandtabs: return try withoutTabs(text, reader.integer("tabsize") ?? 8)
    case .join: return try joined(text, reader.required("iterable"))
    case .format_map:
      guard case .dict(let dict) = try reader.required("mapping") else {
        throw TemplateError(.type, "format_map needs a dict")
      }
      var arguments = Arguments()
      for entry in dict.entries {
        if let name = entry.key.text { arguments.named.append((name, entry.value)) }
      }
      return try format(text, value, arguments)
    default: return text
    }
  }

  private mutating func joined(
    _ separator: String, _ value: Value
  ) throws(TemplateError) -> String {
    var result = ""
    for (index, element) in try elements(of: value).enumerated() {
      guard let part = element.text else {
        throw TemplateError(.type, "only strings can be joined, not \(element.typeName)")
      }
      if index > 0 { result += separator }
      result += part
      try checkSize(of: result)
    }
    return try charged(result)
  }

  private mutating func withoutTabs(_ text: String, _ size: Int) throws(TemplateError) -> String {
    var result = ""
    var column = 0
    for scalar in text.unicodeScalars {
      if scalar == "\t" {
        let width = size > 0 ? size - column % size : 0
        result += try repeated(" ", width)
        column += width
      } else {
        result.unicodeScalars.append(scalar)
        column = scalar == "\n" || scalar == "\r" ? 0 : column + 1
      }
      try checkSize(of: result)
    }
    return try charged(result)
  }

  /// Methods that give several texts.
  private mutating func parts(
    _ method: StringMethod, _ text: String, _ value: Value, _ reader: inout ArgumentReader
  ) throws(TemplateError) -> Value {
    switch method {
    case .splitlines:
      let keepsEnds = try reader.flag("keepends")
      let lines = PythonText.lines(of: text, keepingEnds: keepsEnds)
      return try list(lines.map { wrap($0, like: value) })
    case .split, .rsplit:
      let separator = try reader.optionalText("sep")
      let limit = try reader.integer("maxsplit").flatMap { $0 < 0 ? nil : $0 }
      let fromRight = method == .rsplit
      guard let separator else {
        let words = PythonText.words(of: text, limit: limit, fromRight: fromRight)
        return try list(words.map { wrap($0, like: value) })
      }
      guard !separator.isEmpty else { throw TemplateError(.value, "an empty separator") }
      let parts = PythonText.parts(
        of: text, separator: separator, limit: limit, fromRight: fromRight)
      return try list(parts.map { wrap($0, like: value) })
    default:
      let separator = try reader.text("sep") ?? ""
      guard !separator.isEmpty else { throw TemplateError(.value, "an empty separator") }
      let fromRight = method == .rpartition
      var parts = PythonText.parts(
        of: text, separator: separator, limit: 1, fromRight: fromRight)
      if parts.count == 2 {
        parts.insert(separator, at: 1)
      } else {
        parts.insert(contentsOf: ["", ""], at: fromRight ? 0 : 1)
      }
      return try tuple(parts.map { wrap($0, like: value) })
    }
  }

  /// Methods that look for a part of the text.
  private mutating func searched(
    _ method: StringMethod, _ text: String, _ reader: inout ArgumentReader
  ) throws(TemplateError) -> Value {
    let pattern = try reader.required("sub")
    let start = try reader.optionalInteger("start")
    let stop = try reader.optionalInteger("end")
    let (part, offset) = Self.part(of: text, start, stop)
    if method == .startswith || method == .endswith {
      var patterns = [pattern]
      if case .tuple(let tuple) = pattern { patterns = tuple.elements }
      for pattern in patterns {
        guard let pattern = pattern.text else {
          throw TemplateError(
            .type, "\(method.rawValue) needs a string or a tuple, not \(pattern.typeName)")
        }
        guard let part else { continue }
        let matches =
          method == .startswith
          ? part.starts(with: pattern.utf8) : part.reversed().starts(with: pattern.utf8.reversed())
        if matches { return .boolean(true) }
      }
      return .boolean(false)
    }
    guard let pattern = pattern.text?.bytes else {
      throw TemplateError(
        .type, "\(method.rawValue) needs a string, not \(pattern.typeName)")
    }
    if method == .count {
      return .integer(part.map { Self.occurrences(of: pattern, in: $0) } ?? 0)
    }
    let isLast = method == .rfind || method == .rindex
    let index = part.flatMap { part in
      isLast ? part.lastIndex(of: pattern, before: part.count) : part.firstIndex(of: pattern)
    }
    if let index, let part { return .integer(offset + part[..<index].text.scalarCount) }
    guard method == .find || method == .rfind else {
      throw TemplateError(.value, "the string does not contain the part")
    }
    return .integer(-1)
  }

  /// The bytes between two scalars, nil if they are the wrong way round, and how many scalars come
  /// before them.
  private static func part(
    of text: String, _ start: Int?, _ stop: Int?
  ) -> (part: [UInt8]?, offset: Int) {
    if start == nil, stop == nil { return (text.bytes, 0) }
    let count = text.scalarCount
    func bound(_ index: Int) -> Int { max(0, index < 0 ? index &+ count : index) }
    let first = bound(start ?? 0)
    let last = min(count, bound(stop ?? count))
    guard first <= last else { return (nil, 0) }
    return (String(text.unicodeScalars.dropFirst(first).prefix(last - first)).bytes, first)
  }

  private static func occurrences(of pattern: [UInt8], in bytes: [UInt8]) -> Int {
    if pattern.isEmpty { return bytes.text.scalarCount + 1 }
    var count = 0
    var start = 0
    while let index = bytes.firstIndex(of: pattern, from: start) {
      count += 1
      start = index + pattern.count
    }
    return count
  }

  /// The methods that ask what the characters are.
  private static func isOf(_ method: StringMethod, _ text: String) -> Bool {
    let scalars = text.unicodeScalars
    switch method {
    case .isascii: return text.utf8.allSatisfy { $0 < 0x80 }
    case .isprintable: return scalars.allSatisfy(PythonString.isPrintable)
    case .isupper: return StringMethod.hasCase(text, isUpper: true)
    case .islower: return StringMethod.hasCase(text, isUpper: false)
    case .istitle: return isTitle(text)
    default: break
    }
    if scalars.isEmpty { return false }
    return switch method {
    case .isalpha: scalars.allSatisfy(\.isPythonLetter)
    case .isspace: scalars.allSatisfy(\.isPythonSpace)
    case .isdecimal: scalars.allSatisfy { $0.properties.numericType == .decimal }
    case .isdigit:
      scalars.allSatisfy {
        $0.properties.numericType == .decimal || $0.properties.numericType == .digit
      }
    case .isnumeric: scalars.allSatisfy { $0.properties.numericType != nil }
    case .isalnum:
      scalars.allSatisfy { $0.isPythonLetter || $0.properties.numericType != nil }
    default:
      (scalars.first == "_" || scalars.first?.properties.isXIDStart == true)
        && scalars.dropFirst().allSatisfy(\.properties.isXIDContinue)
    }
  }

  private static func isTitle(_ text: String) -> Bool {
    var hasCased = false
    var isInWord = false
    for scalar in text.unicodeScalars {
      let isUpper =
        scalar.properties.isUppercase || scalar.properties.generalCategory == .titlecaseLetter
      if isUpper {
        if isInWord { return false }
        (isInWord, hasCased) = (true, true)
      } else if scalar.properties.isLowercase {
        if !isInWord { return false }
        hasCased = true
      } else {
        isInWord = false
      }
    }
    return hasCased
  }
}
