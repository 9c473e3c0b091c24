internal import ChatTemplate

/// Reads Gemma's notation.
struct GemmaReader {
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
