// Which beginnings of a number's text can still become a number that is allowed. A beginning with
// the digits D stands for the numbers in D·10^j ..< (D + 1)·10^j, for each power j that further
// digits or an exponent can bring about.
extension NumberConstraint {
  /// Which spellings of a number are allowed.
  enum Spelling: Sendable, Hashable {
    /// All that JSON allows.
    case any
    /// No exponent, no needless fraction and no negative zero, and a bounded number of digits.
    case compact
  }

  /// Whether the text is a number that is allowed.
  func isComplete(_ text: NumberText, _ spelling: Spelling) -> Bool {
    guard text.isComplete else { return false }
    if spelling == .compact {
      if text.isNegative, text.mantissa.isZero { return false }
      return contains(text.mantissa)
    }
    guard let value = text.value(maximumExponent: Self.exponentLimit) else { return false }
    return contains(value)
  }

  /// Whether the text can become a number that is allowed.
  func isPossible(_ text: NumberText, _ spelling: Spelling) -> Bool {
    if text.integerDigits.isEmpty {
      if !text.isNegative {
        return isPossibleFromSign(spelling) || negated.isPossibleFromSign(spelling, isMinus: true)
      }
      return negated.isPossibleFromSign(spelling, isMinus: true)
    }
    let signed = text.isNegative ? negated : self
    if text.hasExponent {
      return spelling == .any && signed.isPossibleWithExponent(text)
    }
    if spelling == .compact {
      if text.hasPoint, step?.isInteger ?? false { return false }
      if text.integerDigits.count > integerLimit || text.fractionDigits.count > fractionLimit {
        return false
      }
    }
    return signed.isPossible(
      digits: text.integerDigits + text.fractionDigits,
      fraction: text.hasPoint ? text.fractionDigits.count : nil, spelling,
      isMinus: text.isNegative)
  }

  private func isPossibleFromSign(_ spelling: Spelling, isMinus: Bool = false) -> Bool {
    if spelling == .compact, isMinus {
      var positive = self
      positive.excluded.append(.zero)
      return positive.containsMember(from: .zero, to: nil)
    }
    return containsMember(from: .zero, to: nil)
  }

  /// - Parameters:
  ///   - digits: All digits so far.
  ///   - fraction: How many of them follow the point; `nil` where there is none.
  private func isPossible(
    digits: [UInt8], fraction: Int?, _ spelling: Spelling, isMinus: Bool
  ) -> Bool {
    var constraint = self
    if spelling == .compact, isMinus { constraint.excluded.append(.zero) }
    let start = ExactDecimal(digits: digits)
    if start.isZero {
      if spelling == .any { return constraint.containsMember(from: .zero, to: nil) }
      if step?.isInteger ?? false { return constraint.contains(.zero) }
      return constraint.containsMember(from: .zero, to: ExactDecimal(1, exponent: -(fraction ?? 0)))
    }
    let end = start.adding(1, unit: 0)
    let length = start.magnitude
    if spelling == .compact {
      if let fraction {
        return constraint.containsMember(
          from: start.scaled(by: -fraction), to: end.scaled(by: -fraction))
      }
      return (0...max(0, integerLimit - digits.count)).contains { power in
        constraint.containsMember(from: start.scaled(by: power), to: end.scaled(by: power))
      }
    }
    return constraint.powers(for: length).contains { power in
      constraint.containsMember(from: start.scaled(by: power), to: end.scaled(by: power))
    }
  }

  /// The powers of ten that need be tried for digits that make a number of the given magnitude:
  /// below and above them nothing new can happen.
  private func powers(for length: Int) -> ClosedRange<Int> {
    var marks = excluded.map(\.magnitude) + [0]
    if let lower, !lower.value.isNegative { marks.append(lower.value.magnitude) }
    if let upper, !upper.value.isNegative { marks.append(upper.value.magnitude) }
    if let step { marks.append(step.magnitude + 3) }
    let least = (marks.min() ?? 0) - length - 4
    let greatest = (marks.max() ?? 0) - length + 4
    return min(least, 0)...max(greatest, 0)
  }

  private func isPossibleWithExponent(_ text: NumberText) -> Bool {
    var mantissa = text.mantissa
    mantissa.isNegative = false
    if mantissa.isZero { return contains(.zero) }
    let powers = powers(for: mantissa.magnitude)
    let known = ExactDecimal(digits: text.exponentDigits).digits.isEmpty
    return powers.contains { power in
      if text.exponentSign == UInt8(ascii: "-") && power > 0 { return false }
      if let sign = text.exponentSign, sign == UInt8(ascii: "+"), power < 0 { return false }
      if text.exponentSign == nil, !text.exponentDigits.isEmpty, power < 0 { return false }
      if !known {
        let digits = String(abs(power)).utf8.map { $0 - 0x30 }
        guard digits.starts(with: text.exponentDigits.drop { $0 == 0 }) else { return false }
      }
      return contains(mantissa.scaled(by: power))
    } || isBeyond(powers, text, mantissa)
  }

  /// Whether an exponent beyond the powers that were tried is allowed: only without a bound, or
  /// nearer and nearer to zero.
  private func isBeyond(
    _ powers: ClosedRange<Int>, _ text: NumberText, _ mantissa: ExactDecimal
  ) -> Bool {
    let isNegative = text.exponentSign == UInt8(ascii: "-")
    guard let exponent = text.exponent(maximum: Self.exponentLimit) else { return false }
    // Whatever digits follow, the exponent can grow past all powers of interest.
    let far = max(abs(exponent) * 10, powers.upperBound + 1, -powers.lowerBound + 1)
    guard far <= Self.exponentLimit else { return contains(mantissa.scaled(by: exponent)) }
    let canBeNegative = isNegative || text.exponentSign == nil && text.exponentDigits.isEmpty
    let canBePositive = !isNegative
    return canBePositive && contains(mantissa.scaled(by: far))
      || canBeNegative && contains(mantissa.scaled(by: -far))
  }

  /// The greatest exponent that is evaluated.
  static let exponentLimit = 100_000

  /// The most digits before the point in compact spelling.
  private var integerLimit: Int {
    max(
      16, (lower?.value.magnitude ?? 0) + 1, (upper?.value.magnitude ?? 0) + 1,
      (step?.magnitude ?? 0) + 2)
  }

  /// The most digits after the point in compact spelling.
  private var fractionLimit: Int {
    let exponents = [lower?.value.exponent, upper?.value.exponent, step?.exponent].compactMap(
      \.self)
    return 17 - min(0, exponents.min() ?? 0)
  }

  /// A short text that completes a beginning, which must be possible; `nil` where it would be very
  /// long.
  func completion(of text: NumberText, _ spelling: Spelling) -> [UInt8]? {
    if isComplete(text, spelling) { return [] }
    // One or two bytes do, as a rule.
    var level: [(text: NumberText, added: [UInt8])] = [(text, [])]
    for _ in 0..<2 {
      level = level.flatMap { continuations(of: $0.text, $0.added, spelling) }
      if let found = level.first(where: { isComplete($0.text, spelling) }) { return found.added }
    }
    var text = text
    var added: [UInt8] = []
    while added.count < Self.completionLimit {
      if isComplete(text, spelling) { return added }
      if spelling == .any, let exponent = exponent(completing: text) { return added + exponent }
      guard let next = continuations(of: text, [], spelling).first else { return nil }
      text = next.text
      added += next.added
    }
    return nil
  }

  private func continuations(
    of text: NumberText, _ added: [UInt8], _ spelling: Spelling
  ) -> [(text: NumberText, added: [UInt8])] {
    Self.bytes.compactMap { byte in
      var longer = text
      guard longer.append(byte), isPossible(longer, spelling) else { return nil }
      return (longer, added + [byte])
    }
  }

  /// An exponent that makes a number without one an allowed number.
  private func exponent(completing text: NumberText) -> [UInt8]? {
    var candidate = text
    guard !text.hasExponent, candidate.append(UInt8(ascii: "e")) else { return nil }
    let mantissa = text.mantissa
    let signed = text.isNegative ? negated : self
    return signed.powers(for: mantissa.magnitude).first { contains(mantissa.scaled(by: $0)) }.map {
      Array("e\($0)".utf8)
    }
  }

  /// Zero is the last digit: behind it, zeros could follow one another for ever.
  private static let bytes = Array("5123467890.e-".utf8)
  private static let completionLimit = 5000
}
