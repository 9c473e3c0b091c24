/// Numbers as Python writes and reads them.
enum PythonNumber {
  /// Python's `repr` of a float: the shortest digits that give it back.
  static func text(of number: Double) -> String {
    guard number.isFinite else {
      return number.isNaN ? "nan" : number < 0 ? "-inf" : "inf"
    }
    let (digits, exponent) = shortestDigits(of: number.magnitude)
    let sign = number.sign == .minus ? "-" : ""
    guard (-4..<16).contains(exponent) else {
      return sign + scientific(digits, exponent: exponent, mark: "e")
    }
    return sign + plain(digits, exponent: exponent)
  }

  /// The decimal digits of a number, and the power of ten of the first one.
  static func shortestDigits(of number: Double) -> (digits: [UInt8], exponent: Int) {
    var digits: [UInt8] = []
    var exponent = 0
    var hasPoint = false
    var power = 0
    var rest = number.description.utf8[...]
    while let byte = rest.popFirst() {
      switch byte {
      case UInt8(ascii: "."): hasPoint = true
      case UInt8(ascii: "e"):
        power = Int(String(decoding: rest, as: UTF8.self)) ?? 0
        rest = rest.suffix(0)
      default:
        if !hasPoint { exponent += 1 }
        digits.append(byte)
      }
    }
    exponent += power
    while digits.count > 1, digits.first == UInt8(ascii: "0") {
      digits.removeFirst()
      exponent -= 1
    }
    while digits.count > 1, digits.last == UInt8(ascii: "0") { digits.removeLast() }
    if digits == [UInt8(ascii: "0")] { return (digits, 0) }
    return (digits, exponent - 1)
  }

  /// Digits with the point where it belongs.
  private static func plain(_ digits: [UInt8], exponent: Int) -> String {
    let point = exponent + 1
    if point <= 0 { return "0." + String(repeating: "0", count: -point) + digits.text }
    if point >= digits.count {
      return digits.text + String(repeating: "0", count: point - digits.count) + ".0"
    }
    return digits[..<point].text + "." + digits[point...].text
  }

  /// Digits with the point after the first one, and the power of ten.
  static func scientific(_ digits: [UInt8], exponent: Int, mark: String) -> String {
    let fraction = digits.count > 1 ? "." + digits[1...].text : ""
    let power = String(exponent.magnitude)
    return digits[..<1].text + fraction + mark + (exponent < 0 ? "-" : "+")
      + (power.utf8.count < 2 ? "0" : "") + power
  }

  /// Python's `float` of a text, nil where it fails.
  static func double(_ text: String) -> Double? {
    let trimmed = PythonText.strip(text, where: \.isPythonSpace)
    let allowed = trimmed.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "+"),
        UInt8(ascii: "-"), UInt8(ascii: "e"), UInt8(ascii: "E"), UInt8(ascii: "_"):
        true
      default: false
      }
    }
    if allowed { return withoutSeparators(trimmed).flatMap { Double($0) } }
    switch trimmed.lowercased() {
    case "inf", "+inf", "infinity", "+infinity": return .infinity
    case "-inf", "-infinity": return -.infinity
    case "nan", "+nan", "-nan": return .nan
    default: return nil
    }
  }

  /// Python's `int` of a text, nil where it fails or needs more than 64 bits.
  static func integer(_ text: String, radix: Int = 10) -> Int? {
    var trimmed = PythonText.strip(text, where: \.isPythonSpace)[...]
    var sign = ""
    if let first = trimmed.first, first == "-" || first == "+" {
      sign = first == "-" ? "-" : ""
      trimmed = trimmed.dropFirst()
    }
    var radix = radix
    let prefixes = [("0x", 16), ("0o", 8), ("0b", 2)]
    var hasPrefix = false
    for (prefix, base) in prefixes where trimmed.lowercased().hasPrefix(prefix) {
      guard radix == base || radix == 0 else { continue }
      trimmed = trimmed.dropFirst(2)
      radix = base
      hasPrefix = true
      break
    }
    if hasPrefix, trimmed.first == "_" { trimmed = trimmed.dropFirst() }
    if radix == 0 {
      radix = 10
      if trimmed.first == "0", trimmed.contains(where: { $0 != "0" && $0 != "_" }) { return nil }
    }
    guard (2...36).contains(radix), let digits = withoutSeparators(String(trimmed)),
      let first = digits.utf8.first, first != UInt8(ascii: "+"), first != UInt8(ascii: "-")
    else { return nil }
    return Int(sign + digits, radix: radix)
  }

  /// The text without single underscores between digits; nil if there are others.
  private static func withoutSeparators(_ text: String) -> String? {
    guard text.utf8.contains(UInt8(ascii: "_")) else { return text }
    var result: [UInt8] = []
    var previous = UInt8(ascii: "_")
    for byte in text.utf8 {
      let isDigit = (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
      if byte == UInt8(ascii: "_") || previous == UInt8(ascii: "_") {
        guard byte != previous, isDigit || byte == UInt8(ascii: "_") else { return nil }
      }
      if byte != UInt8(ascii: "_") { result.append(byte) }
      previous = byte
    }
    return previous == UInt8(ascii: "_") ? nil : result.text
  }
}
