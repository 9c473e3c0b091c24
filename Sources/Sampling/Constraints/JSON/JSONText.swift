/// A text as JSON compares it: by its scalar values, where Swift's strings also take composed and
/// decomposed characters for equal.
struct JSONText: Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
  var scalars: [UInt32]

  init(scalars: [UInt32]) { self.scalars = scalars }

  init(_ text: some StringProtocol) { scalars = text.unicodeScalars.map(\.value) }

  init(stringLiteral value: String) { self.init(value) }

  var description: String {
    var text = String.UnicodeScalarView()
    text.append(contentsOf: scalars.compactMap(Unicode.Scalar.init))
    return String(text)
  }

  /// The text as JSON spells it, with the fewest escapes.
  var spelled: [UInt8] {
    var bytes: [UInt8] = [0x22]
    for scalar in scalars { bytes += scalar.jsonBytes }
    bytes.append(0x22)
    return bytes
  }

  /// A number that differs between texts, as good as always.
  var fingerprint: UInt64 { scalars.reduce(Self.emptyFingerprint) { Self.mix($0, $1) } }

  static let emptyFingerprint: UInt64 = 0xCBF2_9CE4_8422_2325

  static func mix(_ fingerprint: UInt64, _ scalar: UInt32) -> UInt64 {
    var mixed = (fingerprint ^ UInt64(scalar)) &* 0x9E37_79B9_7F4A_7C15
    mixed ^= mixed >> 29
    return mixed &* 0xBF58_476D_1CE4_E5B9 ^ mixed >> 32
  }
}

extension UInt32 {
  /// A scalar as it stands in a JSON string, with the shortest escape where it needs one.
  var jsonBytes: [UInt8] {
    switch self {
    case 0x22, 0x5C: return [0x5C, UInt8(self)]
    case 0x08: return Array("\\b".utf8)
    case 0x0C: return Array("\\f".utf8)
    case 0x0A: return Array("\\n".utf8)
    case 0x0D: return Array("\\r".utf8)
    case 0x09: return Array("\\t".utf8)
    case 0..<0x20:
      return Array("\\u00".utf8) + [UInt8(hexDigit: self >> 4), UInt8(hexDigit: self & 15)]
    default: return utf8Bytes
    }
  }
}

extension UInt8 {
  /// The lower-case hexadecimal digit of a number below 16.
  init(hexDigit value: UInt32) {
    self = UInt8(truncatingIfNeeded: value < 10 ? 0x30 + value : 0x57 + value)
  }

  /// The value of a hexadecimal digit.
  var hexValue: UInt32? {
    switch self {
    case 0x30...0x39: UInt32(self - 0x30)
    case 0x41...0x46: UInt32(self - 0x37)
    case 0x61...0x66: UInt32(self - 0x57)
    default: nil
    }
  }

  /// Whether it is a decimal digit.
  var isDigit: Bool { (0x30...0x39).contains(self) }
}
