/// How a number is written into a field, for both of Python's ways to format.
struct NumberFormat {
  var fill: Unicode.Scalar = " "
  /// `<`, `>`, `^` or `=`; nil for the usual one of the type.
  var alignment: Unicode.Scalar?
  /// `+`, `-` or a space.
  var sign: Unicode.Scalar = "-"
  var isAlternate = false
  var width = 0
  /// What stands between groups of digits.
  var separator: Unicode.Scalar?
  var precision: Int?
  var type: Unicode.Scalar?

  /// The largest width and precision.
  static let limit = 10_000

  /// A sign for a number.
  func sign(isNegative: Bool) -> String {
    isNegative ? "-" : sign == "-" ? "" : String(sign)
  }

  /// A text in its field.
  func padded(_ text: String, sign: String = "", usually: Unicode.Scalar) -> String {
    let missing = max(0, width - text.scalarCount - sign.scalarCount)
    func space(_ count: Int) -> String {
      String(repeating: String(fill), count: count)
    }
    switch alignment ?? usually {
    case "<": return sign + text + space(missing)
    case "^": return space(missing / 2) + sign + text + space(missing - missing / 2)
    case "=": return sign + space(missing) + text
    default: return space(missing) + sign + text
    }
  }

  /// An integer in the format's base.
  func text(of number: Int) -> String {
    var digits: String
    var prefix = ""
    switch type {
    case "x": (digits, prefix) = (String(number.magnitude, radix: 16), "0x")
    case "X": (digits, prefix) = (String(number.magnitude, radix: 16, uppercase: true), "0X")
    case "o": (digits, prefix) = (String(number.magnitude, radix: 8), "0o")
    case "b": (digits, prefix) = (String(number.magnitude, radix: 2), "0b")
    default: digits = String(number.magnitude)
    }
    if let separator { digits = grouped(digits, separator, by: prefix.isEmpty ? 3 : 4) }
    let sign = sign(isNegative: number < 0) + (isAlternate ? prefix : "")
    return padded(digits, sign: sign, usually: ">")
  }

  /// A float; without a type as Python's `repr`, or general with a precision.
  func text(of number: Double) -> String {
    let isNegative = number.sign == .minus && !number.isNaN
    let sign = sign(isNegative: isNegative)
    var text = digits(of: number.magnitude)
    if type == "F" || type == "E" || type == "G" { text = text.uppercased() }
    if let separator {
      let whole = text.prefix { $0.isNumber }
      text = grouped(String(whole), separator, by: 3) + text.dropFirst(whole.count)
    }
    return padded(text, sign: sign, usually: ">")
  }

  private func digits(of number: Double) -> String {
    guard number.isFinite else { return (number.isNaN ? "nan" : "inf") + (type == "%" ? "%" : "") }
    switch type {
    case "f", "F": return DecimalExpansion.fixed(number, fraction: precision ?? 6)
    case "%":
      let percent = number * 100
      guard percent.isFinite else { return "inf%" }
      return DecimalExpansion.fixed(percent, fraction: precision ?? 6) + "%"
    case "e", "E":
      let (digits, exponent) = DecimalExpansion.significant(number, digits: (precision ?? 6) + 1)
      return PythonNumber.scientific(digits, exponent: exponent, mark: "e")
    case "g", "G": return general(number, digits: max(1, precision ?? 6), keepsPoint: false)
    default:
      guard let precision else { return PythonNumber.text(of: number) }
      return general(number, digits: max(1, precision), keepsPoint: true)
    }
  }

  /// The shorter of both ways to write a number, without zeros at the end.
  private func general(_ number: Double, digits count: Int, keepsPoint: Bool) -> String {
    var (digits, exponent) = DecimalExpansion.significant(number, digits: count)
    if !isAlternate {
      while digits.count > 1, digits.last == UInt8(ascii: "0") { digits.removeLast() }
    }
    guard exponent >= -4,
      exponent < count - (keepsPoint ? 1 : 0) || (keepsPoint && count == 1 && exponent == 0)
    else {
      return PythonNumber.scientific(digits, exponent: exponent, mark: "e")
    }
    if exponent < 0 {
      return "0." + String(repeating: "0", count: -exponent - 1) + digits.text
    }
    if digits.count <= exponent + 1 {
      let zeros = String(repeating: "0", count: exponent + 1 - digits.count)
      return digits.text + zeros + (keepsPoint ? ".0" : "")
    }
    return digits[...exponent].text + "." + digits[(exponent + 1)...].text
  }

  /// Digits in groups, with zeros up to the width if the field is filled with them.
  private func grouped(_ digits: String, _ separator: Unicode.Scalar, by size: Int) -> String {
    var result: [UInt8] = []
    for (index, byte) in digits.utf8.reversed().enumerated() {
      if index > 0, index % size == 0 { result += String(separator).utf8 }
      result.append(byte)
    }
    return [UInt8](result.reversed()).text
  }
}
