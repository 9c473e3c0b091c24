internal import ChatTemplate

/// Arguments that models write in notations of their own, as JSON. What does not follow the notation
/// stays as it is.
enum ArgumentNotation {
  /// `<parameter=name>value</parameter>…`; values that are JSON stay so, all others are strings.
  static func elements(_ text: String) -> String {
    var object = TemplateObject()
    var rest = text[...]
    while let begin = rest.firstRange(of: "<parameter=") {
      guard let nameEnd = rest[begin.upperBound...].firstIndex(of: ">") else { return text }
      let name = String(rest[begin.upperBound..<nameEnd])
      let after = rest[rest.index(after: nameEnd)...]
      let end = after.firstRange(of: "</parameter>")
      var value = after[..<(end?.lowerBound ?? after.endIndex)]
      if value.first == "\n" { value = value.dropFirst() }
      if value.last == "\n" { value = value.dropLast() }
      object[name] = scalar(String(value))
      rest = end.map { after[$0.upperBound...] } ?? ""
    }
    let isEmpty = text.allSatisfy(\.isWhitespace)
    return object.isEmpty && !isEmpty ? text : TemplateValue.object(object).json
  }

  private static func scalar(_ text: String) -> TemplateValue {
    guard let value = try? TemplateValue(json: text), value.string == nil else {
      return .string(text)
    }
    return value
  }

  /// `{name:<|"|>text<|"|>,other:[1,{a:true}]}`, as Gemma writes it.
  static func gemma(_ text: String) -> String {
    var reader = GemmaReader(text)
    guard let value = reader.value(depth: 0), reader.isAtEnd else { return text }
    return value.json
  }
}

/// Reads Gemma's notation.
private struct GemmaReader {
  private static let quotes = ["<|\"|>", "<escape>"]
  private var rest: Substring

  init(_ text: String) { rest = text[...] }

  var isAtEnd: Bool { rest.allSatisfy(\.isWhitespace) }

  private mutating func skip(_ text: String) -> Bool {
    rest = rest.drop(while: \.isWhitespace)
    guard rest.hasPrefix(text) else { return false }
    rest = rest.dropFirst(text.count)
    return true
  }

  mutating func value(depth: Int) -> TemplateValue? {
    guard depth < 100 else { return nil }
    for quote in Self.quotes where skip(quote) {
      guard let end = rest.firstRange(of: quote) else { return nil }
      defer { rest = rest[end.upperBound...] }
      return .string(String(rest[..<end.lowerBound]))
    }
    if skip("{") { return object(depth: depth) }
    if skip("[") { return array(depth: depth) }
    let word = rest.prefix { $0 != "," && $0 != "}" && $0 != "]" }
    rest = rest[word.endIndex...]
    let trimmed = String(word)
    return (try? TemplateValue(json: trimmed)) ?? .string(trimmed)
  }

  private mutating func object(depth: Int) -> TemplateValue? {
    var object = TemplateObject()
    if skip("}") { return .object(object) }
    repeat {
      guard let name = key(), let value = value(depth: depth + 1) else { return nil }
      object[name] = value
    } while skip(",")
    return skip("}") ? .object(object) : nil
  }

  private mutating func key() -> String? {
    for quote in Self.quotes where skip(quote) {
      guard let end = rest.firstRange(of: quote) else { return nil }
      let name = String(rest[..<end.lowerBound])
      rest = rest[end.upperBound...]
      return skip(":") ? name : nil
    }
    guard let colon = rest.firstIndex(of: ":") else { return nil }
    let name = String(rest[..<colon])
    rest = rest[rest.index(after: colon)...]
    return name
  }

  private mutating func array(depth: Int) -> TemplateValue? {
    var elements: [TemplateValue] = []
    if skip("]") { return .array(elements) }
    repeat {
      guard let value = value(depth: depth + 1) else { return nil }
      elements.append(value)
    } while skip(",")
    return skip("]") ? .array(elements) : nil
  }
}
