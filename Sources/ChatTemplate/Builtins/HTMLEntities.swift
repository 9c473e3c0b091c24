/// The escapes of HTML that `striptags` takes back: those that escaping makes, the commonest
/// named ones, and numbers.
enum HTMLEntities {
  private static let named: [String: Unicode.Scalar] = [
    "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'", "nbsp": "\u{A0}",
    "copy": "\u{A9}", "reg": "\u{AE}", "hellip": "\u{2026}", "mdash": "\u{2014}",
    "ndash": "\u{2013}", "laquo": "\u{AB}", "raquo": "\u{BB}", "euro": "\u{20AC}",
  ]

  static func decoded(_ text: String) -> String {
    guard text.utf8.contains(UInt8(ascii: "&")) else { return text }
    var result = ""
    var rest = text[...]
    while let ampersand = rest.utf8.firstIndex(of: UInt8(ascii: "&")) {
      result += rest[..<ampersand]
      let after = rest[rest.utf8.index(after: ampersand)...]
      let name = after.utf8.prefix(12)
      if let end = name.firstIndex(of: UInt8(ascii: ";")),
        let scalar = scalar(String(after[..<end]))
      {
        result.unicodeScalars.append(scalar)
        rest = after[after.utf8.index(after: end)...]
      } else {
        result += "&"
        rest = after
      }
    }
    return result + rest
  }

  private static func scalar(_ name: String) -> Unicode.Scalar? {
    guard name.hasPrefix("#") else { return named[name] }
    let digits = name.dropFirst()
    let value =
      digits.hasPrefix("x") || digits.hasPrefix("X")
      ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
    return value.flatMap(Unicode.Scalar.init)
  }
}
