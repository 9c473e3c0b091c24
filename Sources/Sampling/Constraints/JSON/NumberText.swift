/// The beginning of a number in JSON text, cut into its parts.
struct NumberText: Sendable, Hashable {
  var isNegative = false
  var integerDigits: [UInt8] = []
  var hasPoint = false
  var fractionDigits: [UInt8] = []
  var hasExponent = false
  var exponentSign: UInt8?
  var exponentDigits: [UInt8] = []

  init() {}

  /// The parts of a text that is the beginning of a number.
  init(_ text: some Sequence<UInt8>) {
    for byte in text { _ = append(byte) }
  }

  /// Adds a byte; false where it does not continue the number.
  mutating func append(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39:
      let digit = byte - 0x30
      if hasExponent {
        exponentDigits.append(digit)
      } else if hasPoint {
        fractionDigits.append(digit)
      } else {
        guard integerDigits != [0] else { return false }
        integerDigits.append(digit)
      }
    case UInt8(ascii: "-"), UInt8(ascii: "+"):
      if hasExponent {
        guard exponentSign == nil, exponentDigits.isEmpty else { return false }
        exponentSign = byte
      } else {
        guard byte == UInt8(ascii: "-"), !isNegative, integerDigits.isEmpty else { return false }
        isNegative = true
      }
    case UInt8(ascii: "."):
      guard !hasPoint, !hasExponent, !integerDigits.isEmpty else { return false }
      hasPoint = true
    case UInt8(ascii: "e"), UInt8(ascii: "E"):
      guard !hasExponent, isMantissaComplete else { return false }
      hasExponent = true
    default: return false
    }
    return true
  }

  private var isMantissaComplete: Bool {
    !integerDigits.isEmpty && (!hasPoint || !fractionDigits.isEmpty)
  }

  /// Whether it is a number as it stands.
  var isComplete: Bool { isMantissaComplete && (!hasExponent || !exponentDigits.isEmpty) }

  /// The number before the exponent.
  var mantissa: ExactDecimal {
    ExactDecimal(
      isNegative: isNegative, digits: integerDigits + fractionDigits,
      exponent: -fractionDigits.count)
  }

  /// The exponent; `nil` where it is beyond a limit.
  func exponent(maximum: Int) -> Int? {
    var value = 0
    for digit in exponentDigits {
      value = value * 10 + Int(digit)
      if value > maximum { return nil }
    }
    return exponentSign == UInt8(ascii: "-") ? -value : value
  }

  /// The number; `nil` where its exponent is beyond a limit.
  func value(maximumExponent: Int) -> ExactDecimal? {
    if mantissa.isZero { return .zero }
    guard let exponent = exponent(maximum: maximumExponent) else { return nil }
    return mantissa.scaled(by: exponent)
  }
}
