internal import ChatTemplate

/// Arguments that models write in notations of their own, as JSON. What does not follow the notation
/// stays as it is.
enum ArgumentNotation {
  /// Elements with names and values.
  ///
  /// - Parameters:
  ///   - text: What stands between the marks of a call.
  ///   - syntax: How elements are written.
  ///   - isText: Whether the tool wants a text for an argument, nil if it does not say. Without that
  ///     values that are JSON stay so, and all others are texts.
  static func elements(
    _ text: String, _ syntax: ArgumentElements, isText: (String) -> Bool?
  ) -> String {
    var object = TemplateObject()
    var rest = text[...]
    while let begin = rest.firstRange(of: syntax.begin) {
      guard let nameEnd = rest[begin.upperBound...].firstRange(of: syntax.nameEnd) else {
        return text
      }
      let name = String(rest[begin.upperBound..<nameEnd.lowerBound])
      var after = rest[nameEnd.upperBound...]
      var attributes = ""[...]
      if !syntax.valueBegin.isEmpty {
        guard let valueBegin = after.firstRange(of: syntax.valueBegin) else { return text }
        attributes = after[..<valueBegin.lowerBound]
        after = after[valueBegin.upperBound...]
      }
      let end = after.firstRange(of: syntax.valueEnd)
      var value = after[..<(end?.lowerBound ?? after.endIndex)]
      if value.first == "\n" { value = value.dropFirst() }
      if value.last == "\n" { value = value.dropLast() }
      object[name] = scalar(value, isText: Self.isText(attributes) ?? isText(name))
      rest = end.map { after[$0.upperBound...] } ?? ""
    }
    let isEmpty = text.allSatisfy(\.isWhitespace)
    return object.isEmpty && !isEmpty ? text : TemplateValue.object(object).json
  }

  /// What attributes say about a value's type.
  private static func isText(_ attributes: Substring) -> Bool? {
    if attributes.contains("string=\"true\"") || attributes.contains("type=\"string\"") {
      return true
    }
    return attributes.contains("string=\"false\"") || attributes.contains("type=\"") ? false : nil
  }

  private static func scalar(_ text: Substring, isText: Bool?) -> TemplateValue {
    let section = "<![CDATA["
    if text.hasPrefix(section), text.hasSuffix("]]>") {
      return .string(String(text.dropFirst(section.count).dropLast(3)))
    }
    guard isText != true, let value = try? TemplateValue(json: String(text)) else {
      return .string(String(text))
    }
    // Of quotes nobody says that they are not part of a text.
    if isText == nil, value.string != nil { return .string(String(text)) }
    return value
  }

  /// `{name:<|"|>text<|"|>,other:[1,{a:true}]}`, as Gemma writes it.
  static func gemma(_ text: String) -> String {
    var reader = GemmaReader(text)
    guard let value = reader.value(depth: 0), reader.isAtEnd else { return text }
    return value.json
  }
}
