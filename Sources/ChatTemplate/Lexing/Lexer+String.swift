extension Lexer {
  /// Reads a string literal, with Python's escapes.
  mutating func readString(quote: UInt8) throws(TemplateError) {
    let start = position
    var index = start + 1
    while let byte = byte(at: index), byte != quote {
      index += byte == UInt8(ascii: "\\") ? 2 : 1
    }
    guard index < source.count else { throw error("a string without its end", at: start) }
    let content = source[start + 1..<index]
    let text =
      content.contains(UInt8(ascii: "\\"))
      ? try unescaped(content) : String(decoding: content, as: UTF8.self)
    tokens.append(Token(kind: .string(text), offset: start))
    position = index + 1
  }

  private func unescaped(_ content: ArraySlice<UInt8>) throws(TemplateError) -> String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(content.count)
    var index = content.startIndex
    while index < content.endIndex {
      let byte = content[index]
      index += 1
      guard byte == UInt8(ascii: "\\"), index < content.endIndex else {
        bytes.append(byte)
        continue
      }
      let escape = content[index]
      index += 1
      switch escape {
      case UInt8(ascii: "\n"): break
      case UInt8(ascii: "\\"), UInt8(ascii: "'"), UInt8(ascii: "\""): bytes.append(escape)
      case UInt8(ascii: "a"): bytes.append(7)
      case UInt8(ascii: "b"): bytes.append(8)
      case UInt8(ascii: "t"): bytes.append(9)
      case UInt8(ascii: "n"): bytes.append(10)
      case UInt8(ascii: "v"): bytes.append(11)
      case UInt8(ascii: "f"): bytes.append(12)
      case UInt8(ascii: "r"): bytes.append(13)
      case UInt8(ascii: "x"): try appendHex(2, of: content, at: &index, to: &bytes)
      case UInt8(ascii: "u"): try appendHex(4, of: content, at: &index, to: &bytes)
      case UInt8(ascii: "U"): try appendHex(8, of: content, at: &index, to: &bytes)
      case UInt8(ascii: "N"): throw error("named characters are not supported", at: index)
      case UInt8(ascii: "0")...UInt8(ascii: "7"):
        var value = UInt32(escape & 7)
        var digits = 1
        while digits < 3, index < content.endIndex,
          (UInt8(ascii: "0")...UInt8(ascii: "7")).contains(content[index])
        {
          value = value * 8 + UInt32(content[index] & 7)
          index += 1
          digits += 1
        }
        if let scalar = Unicode.Scalar(value) { bytes += UTF8.encode(scalar) ?? .init() }
      default:
        bytes.append(UInt8(ascii: "\\"))
        bytes.append(escape)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private func appendHex(
    _ count: Int, of content: ArraySlice<UInt8>, at index: inout Int, to bytes: inout [UInt8]
  ) throws(TemplateError) {
    guard var value = hex(count, of: content, at: &index) else {
      throw error("an escape needs \(count) hexadecimal digits", at: index)
    }
    // Two escapes may be the halves of one character.
    if (0xD800..<0xDC00).contains(value), index + 1 < content.endIndex,
      content[index] == UInt8(ascii: "\\"), content[index + 1] == UInt8(ascii: "u")
    {
      var end = index + 2
      if let low = hex(4, of: content, at: &end), (0xDC00..<0xE000).contains(low) {
        value = 0x10000 + (value - 0xD800) << 10 + (low - 0xDC00)
        index = end
      }
    }
    guard let scalar = Unicode.Scalar(value) else {
      throw error("an escape for no character", at: index)
    }
    bytes += UTF8.encode(scalar) ?? .init()
  }

  private func hex(_ count: Int, of content: ArraySlice<UInt8>, at index: inout Int) -> UInt32? {
    guard index + count <= content.endIndex else { return nil }
    var value: UInt32 = 0
    for byte in content[index..<index + count] {
      guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { return nil }
      value = value << 4 | UInt32(digit)
    }
    index += count
    return value
  }
}
