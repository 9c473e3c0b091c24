internal import ChatTemplate

/// Calls as Python has them: `[get_weather(city='Rome', days=2), get_time()]`, with or without the
/// brackets, one after the other or a line each.
struct PythonCalls {
  private static let maximumDepth = 100
  private static let maximumNameLength = 256
  private var rest: Substring

  private init(_ text: String) { rest = text[...] }

  /// The calls of a text with their arguments as JSON; nil if it is anything else.
  static func read(_ text: String) -> [ToolCall]? {
    var reader = PythonCalls(text)
    let hasBrackets = reader.skip("[")
    var calls: [ToolCall] = []
    repeat {
      reader.skipSpace()
      if hasBrackets ? reader.rest.first == "]" : reader.rest.isEmpty { break }
      guard let call = reader.call() else { return nil }
      calls.append(call)
      // Without brackets a line break is enough.
    } while reader.skip(",") || (!hasBrackets && !reader.isAtEnd)
    if hasBrackets, !reader.skip("]") { return nil }
    return reader.isAtEnd && !calls.isEmpty ? calls : nil
  }

  /// Whether a text may be the beginning of a list of calls; nil while that is open.
  static func mayBegin(_ text: String) -> Bool? {
    var reader = PythonCalls(text)
    guard reader.skip("[") else { return reader.isAtEnd ? nil : false }
    let name = reader.name()
    if reader.isAtEnd { return name?.utf8.count ?? 0 > maximumNameLength ? false : nil }
    return name != nil && reader.skip("(")
  }

  private var isAtEnd: Bool { rest.allSatisfy(\.isWhitespace) }

  private mutating func skipSpace() { rest = rest.drop(while: \.isWhitespace) }

  private mutating func skip(_ text: String) -> Bool {
    skipSpace()
    guard rest.hasPrefix(text) else { return false }
    rest = rest.dropFirst(text.count)
    return true
  }

  private mutating func name() -> String? {
    skipSpace()
    let name = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "." || $0 == "-" }
    guard let first = name.first, first.isLetter || first == "_" else { return nil }
    rest = rest[name.endIndex...]
    return String(name)
  }

  private mutating func call() -> ToolCall? {
    guard let name = name(), skip("(") else { return nil }
    var arguments = TemplateObject()
    while !skip(")") {
      guard let key = self.name(), skip("="), let value = value(depth: 0) else { return nil }
      arguments[key] = value
      if skip(",") { continue }
      guard skip(")") else { return nil }
      break
    }
    return ToolCall(name: name, arguments: TemplateValue.object(arguments).json)
  }

  private mutating func value(depth: Int) -> TemplateValue? {
    guard depth < Self.maximumDepth else { return nil }
    skipSpace()
    switch rest.first {
    case "'", "\"": return string().map { .string($0) }
    case "[": return list(depth: depth, from: "[", to: "]")
    case "(": return list(depth: depth, from: "(", to: ")")
    case "{": return object(depth: depth)
    default:
      let word = rest.prefix { $0.isLetter || $0.isNumber || "+-._".contains($0) }
      guard !word.isEmpty else { return nil }
      rest = rest[word.endIndex...]
      switch word {
      case "True", "true": return true
      case "False", "false": return false
      case "None", "null": return TemplateValue.none
      default: return try? TemplateValue(json: String(word))
      }
    }
  }

  private mutating func list(depth: Int, from open: String, to close: String) -> TemplateValue? {
    guard skip(open) else { return nil }
    var elements: [TemplateValue] = []
    while !skip(close) {
      guard let value = value(depth: depth + 1) else { return nil }
      elements.append(value)
      if skip(",") { continue }
      guard skip(close) else { return nil }
      break
    }
    return .array(elements)
  }

  private mutating func object(depth: Int) -> TemplateValue? {
    guard skip("{") else { return nil }
    var object = TemplateObject()
    while !skip("}") {
      skipSpace()
      guard let key = string(), skip(":"), let value = value(depth: depth + 1) else { return nil }
      object[key] = value
      if skip(",") { continue }
      guard skip("}") else { return nil }
      break
    }
    return .object(object)
  }

  private mutating func string() -> String? {
    guard let quote = rest.unicodeScalars.first, quote == "'" || quote == "\"" else { return nil }
    var scalars = rest.unicodeScalars.dropFirst()
    var text = String.UnicodeScalarView()
    while let scalar = scalars.popFirst() {
      if scalar == quote {
        rest = Substring(scalars)
        return String(text)
      }
      guard scalar == "\\" else {
        text.append(scalar)
        continue
      }
      guard let escaped = scalars.popFirst() else { return nil }
      switch escaped {
      case "n": text.append("\n")
      case "t": text.append("\t")
      case "r": text.append("\r")
      case "\\", "'", "\"": text.append(escaped)
      case "u", "U", "x":
        let count = escaped == "u" ? 4 : escaped == "U" ? 8 : 2
        let digits = String(String.UnicodeScalarView(scalars.prefix(count)))
        guard let value = UInt32(digits, radix: 16), let scalar = Unicode.Scalar(value) else {
          return nil
        }
        text.append(scalar)
        scalars = scalars.dropFirst(count)
      default:
        // Python keeps what is no escape.
        text.append("\\")
        text.append(escaped)
      }
    }
    return nil
  }
}
