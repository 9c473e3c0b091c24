extension Lexer {
  /// Reads tokens up to and with the end of a tag.
  mutating func readExpression(
    endingWith end: Token.Kind, from start: Int
  ) throws(TemplateError) {
    var open: [Symbol] = []
    while true {
      position = skippingSpace(at: position)
      guard let byte = byte(at: position) else {
        throw error("a tag without its end", at: start)
      }
      if open.isEmpty, finishExpression(end) { return }
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): try readNumber()
      case UInt8(ascii: "'"), UInt8(ascii: "\""): try readString(quote: byte)
      default:
        if let symbol = symbol() {
          tokens.append(Token(kind: .symbol(symbol), offset: position))
          if let closing = symbol.closing {
            open.append(closing)
          } else if symbol.isClosing, open.popLast() != symbol {
            throw error("unexpected \(symbol.rawValue)", at: position)
          }
          position += symbol.rawValue.utf8.count
        } else {
          try readName()
        }
      }
    }
  }

  /// Ends the tag if its end is here.
  private mutating func finishExpression(_ end: Token.Kind) -> Bool {
    let isTag = end == .tagEnd
    var index = position
    let sign = byte(at: index)
    if sign == UInt8(ascii: "-") || (isTag && sign == UInt8(ascii: "+")) { index += 1 }
    guard isTag ? matches("%}", at: index) : matches("}}", at: index) else { return false }
    tokens.append(Token(kind: end, offset: position))
    finishTag(at: index + 2, sign: index > position ? sign : nil, trimsLine: isTag)
    return true
  }

  private func symbol() -> Symbol? {
    if position + 1 < source.count,
      let symbol = Symbol(
        rawValue: String(decoding: source[position...position + 1], as: UTF8.self))
    {
      return symbol
    }
    return Symbol(rawValue: String(decoding: source[position...position], as: UTF8.self))
  }

  private mutating func readName() throws(TemplateError) {
    let start = position
    while let byte = byte(at: position) {
      if byte < 0x80 {
        guard Unicode.Scalar(byte).isWord else { break }
        position += 1
      } else {
        guard let scalar = scalar(at: position), scalar.isWord else { break }
        position += UTF8.width(scalar)
      }
    }
    let name = String(decoding: source[start..<position], as: UTF8.self)
    guard let first = name.unicodeScalars.first else {
      throw error("unexpected character", at: start)
    }
    guard first == "_" || first.properties.isXIDStart else {
      throw error("a name cannot begin with that character", at: start)
    }
    tokens.append(Token(kind: .name(name), offset: start))
  }

  // MARK: Numbers

  private mutating func readNumber() throws(TemplateError) {
    let start = position
    if byte(at: position) == UInt8(ascii: "0"), let radix = radixOfPrefix() {
      let digits = digits(at: position + 2, radix: radix, startsWithSeparator: true)
      if !digits.text.isEmpty {
        guard let value = Int(digits.text, radix: radix) else { throw tooLarge(at: start) }
        position = digits.end
        tokens.append(Token(kind: .integer(value), offset: start))
        return
      }
    }
    let afterDot = start > 0 && source[start - 1] == UInt8(ascii: ".")
    if !afterDot, try readFraction() { return }
    // Several zeros are a number, but no other number begins with one.
    let isZero = byte(at: position) == UInt8(ascii: "0")
    var (text, end) = digits(at: position, radix: isZero ? 1 : 10, startsWithSeparator: false)
    if isZero { text = "0" }
    guard let value = Int(text) else { throw tooLarge(at: start) }
    position = end
    tokens.append(Token(kind: .integer(value), offset: start))
  }

  private func tooLarge(at start: Int) -> TemplateError {
    TemplateError(.overflow, "an integer that needs more than 64 bits")
      .located(at: start, in: source)
  }

  private func radixOfPrefix() -> Int? {
    switch byte(at: position + 1) {
    case UInt8(ascii: "x"), UInt8(ascii: "X"): 16
    case UInt8(ascii: "o"), UInt8(ascii: "O"): 8
    case UInt8(ascii: "b"), UInt8(ascii: "B"): 2
    default: nil
    }
  }

  /// Digits with single underscores between them. Of radix 1 there is only the digit 0.
  private func digits(
    at start: Int, radix: Int, startsWithSeparator: Bool
  ) -> (text: String, end: Int) {
    var text = ""
    var index = start
    while let byte = byte(at: index) {
      var next = byte
      var width = 1
      if byte == UInt8(ascii: "_"), !text.isEmpty || startsWithSeparator {
        guard let following = self.byte(at: index + 1) else { break }
        next = following
        width = 2
      }
      guard let digit = Character(Unicode.Scalar(next)).hexDigitValue, digit < radix else { break }
      text.unicodeScalars.append(Unicode.Scalar(next))
      index += width
    }
    return (text, index)
  }

  /// Reads a number with a fraction or an exponent, if there is one.
  private mutating func readFraction() throws(TemplateError) -> Bool {
    let start = position
    let whole = digits(at: start, radix: 10, startsWithSeparator: false)
    var text = whole.text
    var end = whole.end
    if byte(at: end) == UInt8(ascii: ".") {
      let fraction = digits(at: end + 1, radix: 10, startsWithSeparator: false)
      if !fraction.text.isEmpty {
        text += "." + fraction.text
        end = fraction.end
      }
    }
    if byte(at: end) == UInt8(ascii: "e") || byte(at: end) == UInt8(ascii: "E") {
      var index = end + 1
      var sign = ""
      if let byte = byte(at: index), byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-") {
        sign = byte == UInt8(ascii: "-") ? "-" : ""
        index += 1
      }
      let exponent = digits(at: index, radix: 10, startsWithSeparator: false)
      if !exponent.text.isEmpty {
        text += "e" + sign + exponent.text
        end = exponent.end
      }
    }
    guard end > whole.end else { return false }
    guard let value = Double(text) else { throw error("no number", at: start) }
    tokens.append(Token(kind: .double(value), offset: start))
    position = end
    return true
  }
}
