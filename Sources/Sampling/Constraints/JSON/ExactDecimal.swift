/// A decimal number without rounding: digits times a power of ten.
struct ExactDecimal: Hashable, Sendable {
  var isNegative = false
  /// From the most significant one; none for zero; the first and the last are not zero.
  private(set) var digits: [UInt8] = []
  /// The power of ten of the last digit.
  private(set) var exponent = 0

  static let zero = ExactDecimal()

  /// Creates a number from digits, not necessarily without zeros at the ends.
  init(isNegative: Bool = false, digits: some Sequence<UInt8> = [], exponent: Int = 0) {
    var digits = Array(digits.drop { $0 == 0 })
    var exponent = exponent
    while digits.last == 0 {
      digits.removeLast()
      exponent += 1
    }
    guard !digits.isEmpty else { return }
    self.isNegative = isNegative
    self.digits = digits
    self.exponent = exponent
  }

  init(_ value: UInt64, exponent: Int = 0) {
    self.init(digits: String(value).utf8.map { $0 - 0x30 }, exponent: exponent)
  }

  var isZero: Bool { digits.isEmpty }
  var isInteger: Bool { exponent >= 0 }

  /// The power of ten above the first digit: the number is less than `10^magnitude`.
  var magnitude: Int { digits.count + exponent }

  var negated: ExactDecimal {
    var result = self
    if !isZero { result.isNegative.toggle() }
    return result
  }

  /// The number times a power of ten.
  func scaled(by power: Int) -> ExactDecimal {
    var result = self
    if !isZero { result.exponent += power }
    return result
  }

  /// -1, 0 or 1 as the number is less than, equal to or greater than another one.
  func compare(_ other: ExactDecimal) -> Int {
    if isNegative != other.isNegative { return isNegative ? -1 : 1 }
    let order = compareMagnitude(other)
    return isNegative ? -order : order
  }

  private func compareMagnitude(_ other: ExactDecimal) -> Int {
    if isZero || other.isZero { return (isZero ? 0 : 1) - (other.isZero ? 0 : 1) }
    if magnitude != other.magnitude { return magnitude < other.magnitude ? -1 : 1 }
    for index in 0..<max(digits.count, other.digits.count) {
      let left = index < digits.count ? digits[index] : 0
      let right = index < other.digits.count ? other.digits[index] : 0
      if left != right { return left < right ? -1 : 1 }
    }
    return 0
  }

  /// The digits as a number, where 64 bits hold it.
  var significand: UInt64? { Self.integer(digits) }

  /// The number, where it is an integer of 64 bits and not negative.
  var integer: UInt64? {
    guard !isNegative, (0..<20).contains(exponent) else { return nil }
    return Self.integer(digits + [UInt8](repeating: 0, count: exponent))
  }

  private static func integer(_ digits: [UInt8]) -> UInt64? {
    var value: UInt64 = 0
    for digit in digits {
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, carry) = product.addingReportingOverflow(UInt64(digit))
      guard !overflow, !carry else { return nil }
      value = sum
    }
    return value
  }

  /// The remainder of the digits after division, with `zeros` zeros after them.
  func remainder(by divisor: UInt64, zeros: Int) -> UInt64 {
    var remainder: UInt64 = 0
    for digit in digits {
      remainder = Self.remainder(remainder, times: 10, plus: UInt64(digit), by: divisor)
    }
    var factor = 10 % divisor
    var power = zeros
    while power > 0, remainder != 0 {
      if power & 1 == 1 {
        remainder = Self.remainder(remainder, times: factor, plus: 0, by: divisor)
      }
      factor = Self.remainder(factor, times: factor, plus: 0, by: divisor)
      power >>= 1
    }
    return remainder
  }

  private static func remainder(
    _ value: UInt64, times factor: UInt64, plus term: UInt64, by divisor: UInt64
  ) -> UInt64 {
    let product = value.multipliedFullWidth(by: factor)
    let remainder = divisor.dividingFullWidth((product.high % divisor, product.low)).remainder
    let (sum, carry) = remainder.addingReportingOverflow(term % divisor)
    return carry || sum >= divisor ? sum &- divisor : sum
  }

  /// Whether the number is a multiple of another one, which is not zero and has 64 bits of digits.
  func isMultiple(of step: ExactDecimal) -> Bool {
    if isZero { return true }
    guard exponent >= step.exponent, let divisor = step.significand else { return false }
    return remainder(by: divisor, zeros: exponent - step.exponent) == 0
  }

  /// The least multiple of a step that is at least this number, both being 0 or more.
  func nextMultiple(of step: ExactDecimal) -> ExactDecimal {
    guard !isZero, let divisor = step.significand else { return self }
    var units = digits
    var isRoundedUp = false
    if exponent >= step.exponent {
      units += [UInt8](repeating: 0, count: exponent - step.exponent)
    } else {
      units.removeLast(min(units.count, step.exponent - exponent))
      isRoundedUp = true
    }
    var count = ExactDecimal(digits: units, exponent: step.exponent)
    if isRoundedUp { count = count.adding(1, unit: step.exponent) }
    let left =
      count.isZero ? 0 : count.remainder(by: divisor, zeros: count.exponent - step.exponent)
    return left == 0 ? count : count.adding(divisor - left, unit: step.exponent)
  }

  /// The sum with a number of units of `10^unit`; the number is 0 or more and a multiple of one.
  func adding(_ value: UInt64, unit: Int) -> ExactDecimal {
    var sum: [UInt8] = []
    var carry = value
    let own = digits + [UInt8](repeating: 0, count: isZero ? 0 : exponent - unit)
    var index = own.count
    while index > 0 || carry > 0 {
      index -= 1
      let digit = index >= 0 ? UInt64(own[index]) : 0
      let total = digit + carry % 10
      sum.append(UInt8(total % 10))
      carry = carry / 10 + total / 10
    }
    return ExactDecimal(digits: sum.reversed(), exponent: unit)
  }
}
