/// Reads the inside of a JSON string, a byte at a time.
struct StringLexer: Hashable, Sendable {
  /// 0 between characters; the missing and all bytes of UTF-8 (see ``PartialScalar``); or one of the
  /// values below.
  var phase: UInt8 = 0
  /// The bits of the character or of the code unit that are known.
  var partial: UInt32 = 0
  /// The first half of a surrogate pair, once read.
  var high: UInt16 = 0

  /// After a backslash.
  private static let escape: UInt8 = 0x80
  /// After the first half of a pair, where a backslash must follow.
  private static let secondEscape: UInt8 = 0x81
  /// After that backslash, where `u` must follow.
  private static let secondLetter: UInt8 = 0x82
  /// After `u` and 0 to 3 digits: plus the number of digits.
  private static let digits: UInt8 = 0x90

  /// What a byte means.
  enum Event {
    /// A character ends with it.
    case scalar(UInt32)
    /// It is part of a character.
    case partial
    /// The string ends with it.
    case close
    /// It cannot stand here.
    case invalid
  }

  /// Whether no character has been begun.
  var isBetweenCharacters: Bool { phase == 0 }

  /// Reads a byte.
  mutating func read(_ byte: UInt8) -> Event {
    switch phase {
    case 0: return readStart(byte)
    case Self.escape: return readEscape(byte)
    case Self.secondEscape:
      guard byte == UInt8(ascii: "\\") else { return .invalid }
      phase = Self.secondLetter
      return .partial
    case Self.secondLetter:
      guard byte == UInt8(ascii: "u") else { return .invalid }
      (phase, partial) = (Self.digits, 0)
      return .partial
    case Self.digits...: return readDigit(byte)
    default:
      var scalar = PartialScalar(phase: phase, bits: partial)
      guard scalar.append(byte), !scalar.possible.isEmpty else { return .invalid }
      guard scalar.missing == 0 else {
        (phase, partial) = (scalar.phase, scalar.bits)
        return .partial
      }
      return end(scalar.bits)
    }
  }

  private mutating func readStart(_ byte: UInt8) -> Event {
    switch byte {
    case UInt8(ascii: "\""): return .close
    case UInt8(ascii: "\\"):
      phase = Self.escape
      return .partial
    case 0x20..<0x80: return .scalar(UInt32(byte))
    default:
      guard let scalar = PartialScalar(lead: byte) else { return .invalid }
      (phase, partial) = (scalar.phase, scalar.bits)
      return .partial
    }
  }

  private mutating func readEscape(_ byte: UInt8) -> Event {
    if byte == UInt8(ascii: "u") {
      (phase, partial) = (Self.digits, 0)
      return .partial
    }
    guard let scalar = Self.escapes.first(where: { $0.letter == byte })?.scalar else {
      return .invalid
    }
    return end(scalar)
  }

  private mutating func readDigit(_ byte: UInt8) -> Event {
    guard let digit = byte.hexValue else { return .invalid }
    partial = partial << 4 | digit
    phase += 1
    guard phase == Self.digits + 4 else { return possible.isEmpty ? .invalid : .partial }
    if high != 0 {
      guard (0xDC00...0xDFFF).contains(partial) else { return .invalid }
      return end(0x10000 + (UInt32(high) - 0xD800) << 10 + partial - 0xDC00)
    }
    if (0xD800...0xDBFF).contains(partial) {
      (high, partial, phase) = (UInt16(partial), 0, Self.secondEscape)
      return .partial
    }
    return Unicode.Scalar(partial) == nil ? .invalid : end(partial)
  }

  private mutating func end(_ scalar: UInt32) -> Event {
    self = StringLexer()
    return .scalar(scalar)
  }

  /// The escapes of one letter.
  private static let escapes: [(letter: UInt8, scalar: UInt32)] = [
    (UInt8(ascii: "\""), 0x22), (UInt8(ascii: "\\"), 0x5C), (UInt8(ascii: "/"), 0x2F),
    (UInt8(ascii: "b"), 0x08), (UInt8(ascii: "f"), 0x0C), (UInt8(ascii: "n"), 0x0A),
    (UInt8(ascii: "r"), 0x0D), (UInt8(ascii: "t"), 0x09),
  ]

  /// The characters that what has been read may become.
  var possible: [ClosedRange<UInt32>] {
    switch phase {
    case 0, Self.escape: return ScalarSet.all.ranges
    case Self.secondEscape, Self.secondLetter: return [Self.pairs(high, 0...0x3FF)]
    case Self.digits...:
      let shift = 4 * UInt32(Self.digits + 4 - phase)
      let units = partial << shift...((partial + 1) << shift - 1)
      if high != 0 {
        guard units.overlaps(0xDC00...0xDFFF) else { return [] }
        let low = units.clamped(to: 0xDC00...0xDFFF)
        return [Self.pairs(high, low.lowerBound - 0xDC00...low.upperBound - 0xDC00)]
      }
      var ranges = ScalarSet(units).ranges
      if units.overlaps(0xD800...0xDBFF) {
        let highs = units.clamped(to: 0xD800...0xDBFF)
        ranges.append(
          Self.pairs(UInt16(highs.lowerBound), 0...0)
            .lowerBound...Self.pairs(UInt16(highs.upperBound), 0x3FF...0x3FF).upperBound)
      }
      return ranges
    default: return PartialScalar(phase: phase, bits: partial).possible
    }
  }

  /// The characters that what has been read may become without needless escapes.
  var possibleCompact: [ClosedRange<UInt32>] {
    switch phase {
    case Self.escape: return [0...0x1F, 0x22...0x22, 0x5C...0x5C]
    case Self.digits...:
      return possible.filter { $0.lowerBound < 0x20 }.map { $0.clamped(to: 0...0x1F) }
    default: return possible
    }
  }

  private static func pairs(_ high: UInt16, _ low: ClosedRange<UInt32>) -> ClosedRange<UInt32> {
    let base = 0x10000 + (UInt32(high) - 0xD800) << 10
    return base + low.lowerBound...base + low.upperBound
  }

  /// Reads a byte, where escapes that JSON text does not need are not allowed: of a slash, and by
  /// number of a character that can stand for itself.
  mutating func readCompact(_ byte: UInt8) -> Event {
    if phase == Self.escape, byte == UInt8(ascii: "/") { return .invalid }
    let event = read(byte)
    return possibleCompact.isEmpty ? .invalid : event
  }

  /// The bytes that complete a character that what has been read may become, as `scalar`; `nil` where
  /// it cannot become this one.
  func rest(of scalar: UInt32) -> [UInt8]? {
    switch phase {
    case 0: return scalar.jsonBytes
    case Self.escape:
      if let letter = Self.escapes.first(where: { $0.scalar == scalar })?.letter { return [letter] }
      return Array(Self.spelled(scalar).dropFirst())
    case Self.secondEscape: return Array(Self.spelled(scalar).dropFirst(6))
    case Self.secondLetter: return Array(Self.spelled(scalar).dropFirst(7))
    case Self.digits...:
      let read = Int(phase - Self.digits) + (high == 0 ? 2 : 8)
      return Array(Self.spelled(scalar).dropFirst(read))
    default: return Array(PartialScalar(phase: phase, bits: partial).rest(of: scalar))
    }
  }

  /// A character as escapes by number.
  private static func spelled(_ scalar: UInt32) -> [UInt8] {
    var units = [scalar]
    if scalar >= 0x10000 {
      units = [0xD800 + (scalar - 0x10000) >> 10, 0xDC00 + (scalar - 0x10000) & 0x3FF]
    }
    return units.flatMap { unit in
      [UInt8(ascii: "\\"), UInt8(ascii: "u")]
        + stride(from: UInt32(12), through: 0, by: -4).map { UInt8(hexDigit: unit >> $0 & 15) }
    }
  }
}
