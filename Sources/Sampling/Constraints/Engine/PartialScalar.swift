/// A character of which some bytes of UTF-8 have been read.
struct PartialScalar {
  /// How many bytes the character has in all, 2 to 4.
  var length: Int
  /// How many are missing.
  var missing: Int
  /// The bits known so far.
  var bits: UInt32

  /// The character that starts with a byte above 0x7F; `nil` where none does.
  init?(lead byte: UInt8) {
    switch byte {
    case 0xC2...0xDF: (length, bits) = (2, UInt32(byte & 0x1F))
    case 0xE0...0xEF: (length, bits) = (3, UInt32(byte & 0x0F))
    case 0xF0...0xF4: (length, bits) = (4, UInt32(byte & 0x07))
    default: return nil
    }
    missing = length - 1
  }

  /// The character stored in a frame.
  init(phase: UInt8, bits: UInt32) {
    length = Int(phase >> 4)
    missing = Int(phase & 0x0F)
    self.bits = bits
  }

  /// How a frame stores it, with ``bits``.
  var phase: UInt8 { UInt8(length << 4 | missing) }

  /// Adds a byte; false where it continues no character.
  mutating func append(_ byte: UInt8) -> Bool {
    guard byte & 0xC0 == 0x80 else { return false }
    bits = bits << 6 | UInt32(byte & 0x3F)
    missing -= 1
    return true
  }

  /// The characters that it may become.
  var possible: [ClosedRange<UInt32>] {
    let shift = UInt32(6 * missing)
    let least = max(bits << shift, Self.least[length])
    let greatest = min((bits + 1) << shift - 1, 0x10FFFF)
    return least <= greatest ? ScalarSet(least...greatest).ranges : []
  }

  /// The bytes that are missing for a character that it may become.
  func rest(of scalar: UInt32) -> ArraySlice<UInt8> {
    scalar.utf8Bytes.suffix(missing)
  }

  /// The least character of each length.
  private static let least: [UInt32] = [0, 0, 0x80, 0x800, 0x10000]
}

extension UInt32 {
  /// A scalar's bytes in UTF-8.
  var utf8Bytes: [UInt8] {
    Unicode.Scalar(self).map { Array(UTF8.encode($0) ?? .init()) } ?? []
  }
}
