/// All decimal digits of a double, which has finitely many.
struct DecimalExpansion {
  /// The digits, as numbers from 0 to 9.
  private(set) var digits: [UInt8]
  /// How many of them are before the point. Negative if zeros follow it.
  private(set) var point: Int

  /// - Parameter number: A finite number that is not negative.
  init(_ number: Double) {
    // number = significand * 2^exponent; a negative exponent becomes one of ten, as
    // 2^-n = 5^n / 10^n.
    let bits = number.significandBitPattern
    let isNormal = number.exponentBitPattern != 0
    let significand = isNormal ? bits | 1 << 52 : bits
    let exponent = (isNormal ? Int(number.exponentBitPattern) : 1) - 1075
    var limbs: [UInt32] = []
    var rest = significand
    while rest > 0 {
      limbs.append(UInt32(rest % 1_000_000_000))
      rest /= 1_000_000_000
    }
    let factor: UInt64 = exponent < 0 ? 5 : 2
    for _ in 0..<abs(exponent) {
      var carry: UInt64 = 0
      for index in limbs.indices {
        let product = UInt64(limbs[index]) * factor + carry
        limbs[index] = UInt32(product % 1_000_000_000)
        carry = product / 1_000_000_000
      }
      if carry > 0 { limbs.append(UInt32(carry)) }
    }
    digits = []
    for limb in limbs.reversed() {
      let text = String(limb)
      if !digits.isEmpty {
        digits += [UInt8](repeating: 0, count: 9 - text.utf8.count)
      }
      digits += text.utf8.map { $0 - UInt8(ascii: "0") }
    }
    point = digits.count + min(0, exponent)
  }

  /// Keeps `count` digits after the point, rounding half to even.
  mutating func round(toFraction count: Int) { round(toDigits: point + count) }

  /// Keeps `count` significant digits, rounding half to even.
  mutating func round(toDigits count: Int) {
    guard count < digits.count else { return }
    guard count >= 0 else {
      digits = []
      return
    }
    let dropped = digits[count...]
    let isHalf = dropped.first == 5 && dropped.dropFirst().allSatisfy { $0 == 0 }
    let isOdd = count > 0 && digits[count - 1] % 2 == 1
    let roundsUp = isHalf ? isOdd : (dropped.first ?? 0) >= 5
    digits.removeSubrange(count...)
    if !roundsUp { return }
    var index = count - 1
    while index >= 0, digits[index] == 9 {
      digits[index] = 0
      index -= 1
    }
    if index >= 0 {
      digits[index] += 1
    } else {
      digits.insert(1, at: 0)
      point += 1
    }
  }

  /// The number with exactly `count` digits after the point, as `%.nf` writes it.
  static func fixed(_ number: Double, fraction count: Int) -> String {
    var expansion = DecimalExpansion(number)
    expansion.round(toFraction: count)
    let digits = expansion.digits.map { $0 + UInt8(ascii: "0") }
    let point = expansion.point
    var text = point > 0 ? digits.prefix(point).text : "0"
    if point > digits.count { text += String(repeating: "0", count: point - digits.count) }
    if count > 0 {
      let zeros = String(repeating: "0", count: min(count, max(0, -point)))
      let fraction = zeros + digits.dropFirst(max(0, point)).text
      text += "." + fraction
      text += String(repeating: "0", count: max(0, count - fraction.utf8.count))
    }
    return text
  }

  /// The first `count` significant digits, as characters, and the power of ten of the first one.
  static func significant(_ number: Double, digits count: Int) -> ([UInt8], exponent: Int) {
    if number == 0 { return ([UInt8](repeating: UInt8(ascii: "0"), count: count), 0) }
    var expansion = DecimalExpansion(number)
    expansion.round(toDigits: count)
    var digits = expansion.digits.prefix(count).map { $0 + UInt8(ascii: "0") }
    digits += [UInt8](repeating: UInt8(ascii: "0"), count: max(0, count - digits.count))
    return (digits, expansion.point - 1)
  }
}
