/// Cuts a template's source into tokens, with white space controlled as Jinja2 does with
/// `trim_blocks` and `lstrip_blocks`: the line break after a tag goes, and so does the indentation
/// before one.
struct Lexer {
  let source: [UInt8]
  var position = 0
  var tokens: [Token] = []
  /// Whether what was read last ended with a line break.
  private var isAtLineStart = true

  /// - Parameter source: Bytes whose line breaks are normalized.
  init(_ source: [UInt8]) { self.source = source }

  /// Line breaks as `\n`, and the last one dropped, as Jinja2 does before all else.
  static func normalized(_ text: String) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.utf8.count)
    var last: UInt8 = 0
    for byte in text.utf8 {
      if byte == UInt8(ascii: "\n"), last == UInt8(ascii: "\r") {
        last = byte
        continue
      }
      bytes.append(byte == UInt8(ascii: "\r") ? UInt8(ascii: "\n") : byte)
      last = byte
    }
    if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
    return bytes
  }

  /// All tokens, the last of which is the end.
  mutating func allTokens() throws(TemplateError) -> [Token] {
    while let start = nextTag() { try readTag(at: start) }
    append(text: source[position...], at: position)
    tokens.append(Token(kind: .end, offset: source.count))
    return tokens
  }

  func error(_ message: String, at offset: Int) -> TemplateError {
    TemplateError(.syntax, message).located(at: offset, in: source)
  }

  func byte(at index: Int) -> UInt8? { index < source.count ? source[index] : nil }

  func matches(_ text: StaticString, at index: Int) -> Bool {
    let count = text.utf8CodeUnitCount
    guard index + count <= source.count else { return false }
    return text.withUTF8Buffer { source[index..<index + count].elementsEqual($0) }
  }

  /// The index of the next `{{`, `{%` or `{#`.
  private func nextTag() -> Int? {
    var index = position
    while index + 1 < source.count {
      if source[index] == UInt8(ascii: "{") {
        switch source[index + 1] {
        case UInt8(ascii: "{"), UInt8(ascii: "%"), UInt8(ascii: "#"): return index
        default: break
        }
      }
      index += 1
    }
    return nil
  }

  /// Reads the text before a tag, and the tag.
  private mutating func readTag(at start: Int) throws(TemplateError) {
    let kind = source[start + 1]
    let sign = byte(at: start + 2)
    appendText(endingAt: start, sign: sign, isPrint: kind == UInt8(ascii: "{"))
    position = start + 2
    if sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") { position += 1 }
    switch kind {
    case UInt8(ascii: "#"):
      try skipComment(from: start)
    case UInt8(ascii: "{"):
      tokens.append(Token(kind: .printBegin, offset: start))
      try readExpression(endingWith: .printEnd, from: start)
    default:
      if let end = endOfRawTag() {
        isAtLineStart = source[end - 1] == UInt8(ascii: "\n")
        position = end
        try readRaw(from: start)
      } else {
        tokens.append(Token(kind: .tagBegin, offset: start))
        try readExpression(endingWith: .tagEnd, from: start)
      }
    }
  }

  /// Adds the text up to a tag, its end stripped as the tag's sign asks.
  private mutating func appendText(endingAt end: Int, sign: UInt8?, isPrint: Bool) {
    var text = source[position..<end]
    if sign == UInt8(ascii: "-") {
      text = text.prefix(Self.endWithoutSpace(text) - text.startIndex)
    } else if sign != UInt8(ascii: "+"), !isPrint {
      let lineStart = text.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? text.startIndex
      let isLine = lineStart > text.startIndex || isAtLineStart
      if isLine, Self.endWithoutSpace(text[lineStart...]) == lineStart {
        text = text[..<lineStart]
      }
    }
    append(text: text, at: position)
  }

  private mutating func append(text: ArraySlice<UInt8>, at offset: Int) {
    if text.isEmpty { return }
    tokens.append(Token(kind: .data(String(decoding: text, as: UTF8.self)), offset: offset))
  }

  /// Where the white space at the end of a text begins.
  private static func endWithoutSpace(_ text: ArraySlice<UInt8>) -> Int {
    var end = text.endIndex
    while end > text.startIndex {
      var start = end - 1
      while start > text.startIndex, text[start] & 0xC0 == 0x80 { start -= 1 }
      let scalar = String(decoding: text[start..<end], as: UTF8.self).unicodeScalars.first
      guard let scalar, scalar.isPythonSpace else { break }
      end = start
    }
    return end
  }

  /// The index after the white space at `index`.
  func skippingSpace(at index: Int) -> Int {
    var index = index
    while let byte = byte(at: index) {
      if byte < 0x80 {
        guard Unicode.Scalar(byte).isPythonSpace else { break }
        index += 1
      } else {
        guard let scalar = scalar(at: index), scalar.isPythonSpace else { break }
        index += UTF8.width(scalar)
      }
    }
    return index
  }

  /// The scalar that starts at `index`.
  func scalar(at index: Int) -> Unicode.Scalar? {
    String(decoding: source[index..<min(source.count, index + 4)], as: UTF8.self)
      .unicodeScalars.first
  }

  private mutating func skipComment(from start: Int) throws(TemplateError) {
    var index = position
    // Jinja2 does not mind a comment that begins where the template ends.
    if index == source.count { return }
    while !matches("#}", at: index) {
      index += 1
      if index >= source.count { throw error("a comment without its end", at: start) }
    }
    let sign = index > position ? source[index - 1] : nil
    finishTag(at: index + 2, sign: sign, trimsLine: true)
  }

  /// Moves behind a tag's end, and behind the white space that it takes with it.
  mutating func finishTag(at end: Int, sign: UInt8?, trimsLine: Bool) {
    position = end
    if sign == UInt8(ascii: "-") {
      position = skippingSpace(at: end)
    } else if sign != UInt8(ascii: "+"), trimsLine, byte(at: end) == UInt8(ascii: "\n") {
      position += 1
    }
    isAtLineStart = source[position - 1] == UInt8(ascii: "\n")
  }

  /// The end of the tag `raw`, if the tag being read is one.
  private func endOfRawTag() -> Int? {
    var index = skippingSpace(at: position)
    guard matches("raw", at: index) else { return nil }
    index = skippingSpace(at: index + 3)
    if matches("-%}", at: index) { return skippingSpace(at: index + 3) }
    return matches("%}", at: index) ? index + 2 : nil
  }

  /// Reads text up to the tag `endraw`.
  private mutating func readRaw(from start: Int) throws(TemplateError) {
    var index = position
    while index < source.count {
      if matches("{%", at: index) {
        var inside = index + 2
        let sign = byte(at: inside)
        if sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") { inside += 1 }
        inside = skippingSpace(at: inside)
        if matches("endraw", at: inside) {
          inside = skippingSpace(at: inside + 6)
          let endSign = byte(at: inside)
          if endSign == UInt8(ascii: "-") || endSign == UInt8(ascii: "+") { inside += 1 }
          if matches("%}", at: inside) {
            appendText(endingAt: index, sign: sign, isPrint: false)
            finishTag(at: inside + 2, sign: endSign, trimsLine: true)
            return
          }
        }
      }
      index += 1
    }
    throw error("a raw tag without its end", at: start)
  }
}
