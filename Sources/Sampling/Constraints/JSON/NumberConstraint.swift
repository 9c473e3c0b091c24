/// Which numbers are allowed.
struct NumberConstraint: Hashable, Sendable {
  /// A bound, and whether it is itself excluded.
  struct Bound: Hashable, Sendable {
    var value: ExactDecimal
    var isExclusive: Bool
  }

  var lower: Bound?
  var upper: Bound?
  /// The number must be a multiple of this.
  var step: ExactDecimal?
  /// The number must not be an integer.
  var isFractional = false
  /// Numbers that are not allowed.
  var excluded: [ExactDecimal] = []

  /// All numbers.
  static let any = NumberConstraint()

  /// One number.
  init(only value: ExactDecimal) {
    lower = Bound(value: value, isExclusive: false)
    upper = lower
  }

  init() {}

  /// Whether a number is allowed.
  func contains(_ value: ExactDecimal) -> Bool {
    if let lower {
      let order = value.compare(lower.value)
      if order < 0 || order == 0 && lower.isExclusive { return false }
    }
    if let upper {
      let order = value.compare(upper.value)
      if order > 0 || order == 0 && upper.isExclusive { return false }
    }
    if let step, !value.isMultiple(of: step) { return false }
    if isFractional, value.isInteger { return false }
    return !excluded.contains(value)
  }

  /// The same for the numbers with the other sign.
  var negated: NumberConstraint {
    var result = self
    result.lower = upper.map { Bound(value: $0.value.negated, isExclusive: $0.isExclusive) }
    result.upper = lower.map { Bound(value: $0.value.negated, isExclusive: $0.isExclusive) }
    result.excluded = excluded.map(\.negated)
    return result
  }

  /// Whether a number of `range`, which is 0 or more, is allowed; `end` is itself excluded, and `nil`
  /// for no end.
  func containsMember(from start: ExactDecimal, to end: ExactDecimal?) -> Bool {
    var low = Bound(value: start, isExclusive: false)
    if let lower, lower.value.compare(start) >= 0 { low = lower }
    var high = end.map { Bound(value: $0, isExclusive: true) }
    if let upper, upper.value.compare(high?.value ?? upper.value) < 0 || high == nil {
      high = upper
    }
    if let high {
      let order = low.value.compare(high.value)
      if order > 0 { return false }
      if order == 0 { return !low.isExclusive && !high.isExclusive && contains(low.value) }
    }
    // Between two numbers are infinitely many others, of which finitely many are excluded.
    guard let step else { return true }
    // Fractional multiples come again and again, if at all.
    var left = excluded.count + (isFractional ? 64 : 2)
    var member = low.value.nextMultiple(of: step)
    while left > 0 {
      if let high, member.compare(high.value) > 0 { return false }
      if contains(member), member.compare(end ?? member) < 0 || end == nil { return true }
      guard let significand = step.significand else { return false }
      member = member.isZero ? step : member.adding(significand, unit: step.exponent)
      left -= 1
    }
    return false
  }

  /// Whether no number is allowed.
  var isEmpty: Bool {
    !containsMember(from: .zero, to: nil) && !negated.containsMember(from: .zero, to: nil)
  }

  /// Both constraints together; `nil` where their steps have no common multiple of 64 bits.
  func intersection(_ other: NumberConstraint) -> NumberConstraint? {
    var result = self
    result.lower = Self.tighter(lower, other.lower) { $0.compare($1) > 0 }
    result.upper = Self.tighter(upper, other.upper) { $0.compare($1) < 0 }
    result.isFractional = isFractional || other.isFractional
    result.excluded += other.excluded.filter { !excluded.contains($0) }
    if let step, let second = other.step {
      guard let common = Self.leastCommonMultiple(step, second) else { return nil }
      result.step = common
    } else {
      result.step = step ?? other.step
    }
    return result
  }

  private static func tighter(
    _ first: Bound?, _ second: Bound?, _ isTighter: (ExactDecimal, ExactDecimal) -> Bool
  ) -> Bound? {
    guard let first, let second else { return first ?? second }
    if first.value == second.value { return first.isExclusive ? first : second }
    return isTighter(first.value, second.value) ? first : second
  }

  private static func leastCommonMultiple(
    _ first: ExactDecimal, _ second: ExactDecimal
  ) -> ExactDecimal? {
    let unit = min(first.exponent, second.exponent)
    guard first.exponent - unit < 20, second.exponent - unit < 20,
      let a = first.scaled(by: -unit).integer, let b = second.scaled(by: -unit).integer
    else { return nil }
    var (x, y) = (a, b)
    while y != 0 { (x, y) = (y, x % y) }
    let (product, overflow) = (a / x).multipliedReportingOverflow(by: b)
    return overflow ? nil : ExactDecimal(product, exponent: unit)
  }

  /// The numbers that this constraint does not allow, as constraints of which one must hold; `nil`
  /// where no constraint says so.
  var complement: [NumberConstraint]? {
    var result: [NumberConstraint] = []
    if let lower {
      var below = NumberConstraint()
      below.upper = Bound(value: lower.value, isExclusive: !lower.isExclusive)
      result.append(below)
    }
    if let upper {
      var above = NumberConstraint()
      above.lower = Bound(value: upper.value, isExclusive: !upper.isExclusive)
      result.append(above)
    }
    if let step {
      guard step == ExactDecimal(1) else { return nil }
      var fractional = NumberConstraint()
      fractional.isFractional = true
      result.append(fractional)
    }
    if isFractional {
      var whole = NumberConstraint()
      whole.step = ExactDecimal(1)
      result.append(whole)
    }
    return result + excluded.map(NumberConstraint.init(only:))
  }
}
