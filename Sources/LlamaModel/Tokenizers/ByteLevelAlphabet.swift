/// GPT-2's spelling of bytes as visible characters: printable Latin-1 characters stand for
/// themselves, and the other 68 bytes are U+0100 and on, in order.
struct ByteLevelAlphabet: Sendable {
  static let standard = ByteLevelAlphabet()

  /// The bytes in the order in which GPT-2's vocabulary numbers them: printable ones first.
  let bytesInOrder: [UInt8]
  /// The scalar for each byte; all are below U+0144.
  private let scalars: [UInt16]
  /// The byte for each scalar, or -1.
  private let bytes: [Int16]

  private init() {
    let printable =
      Array(UInt8(0x21)...0x7E) + Array(UInt8(0xA1)...0xAC) + Array(UInt8(0xAE)...0xFF)
    var scalars = [UInt16](repeating: 0, count: 256)
    for byte in printable { scalars[Int(byte)] = UInt16(byte) }
    var others: [UInt8] = []
    for byte in UInt8.min ... .max where scalars[Int(byte)] == 0 {
      scalars[Int(byte)] = 0x100 + UInt16(others.count)
      others.append(byte)
    }
    var bytes = [Int16](repeating: -1, count: 0x144)
    for (byte, scalar) in scalars.enumerated() { bytes[Int(scalar)] = Int16(byte) }
    bytesInOrder = printable + others
    self.scalars = scalars
    self.bytes = bytes
  }

  /// Appends the UTF-8 of a byte's character.
  func append(_ byte: UInt8, to text: inout [UInt8]) {
    let scalar = scalars[Int(byte)]
    if scalar < 0x80 {
      text.append(UInt8(truncatingIfNeeded: scalar))
    } else {
      text.append(UInt8(truncatingIfNeeded: 0xC0 | scalar >> 6))
      text.append(UInt8(truncatingIfNeeded: 0x80 | scalar & 0x3F))
    }
  }

  /// The spelling of some bytes.
  func spell(_ bytes: [UInt8]) -> String {
    var text: [UInt8] = []
    for byte in bytes { append(byte, to: &text) }
    return String(decoding: text, as: UTF8.self)
  }

  /// The bytes that a piece spells; characters outside the alphabet stand for their UTF-8.
  func bytes(of piece: ArraySlice<UInt8>) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(piece.count)
    var index = piece.startIndex
    while index < piece.endIndex {
      let lead = piece[index]
      var scalar = Int(lead)
      var length = 1
      if lead >= 0xC2, lead <= 0xC5, index + 1 < piece.endIndex, piece[index + 1] & 0xC0 == 0x80 {
        scalar = Int(lead & 0x1F) << 6 | Int(piece[index + 1] & 0x3F)
        length = 2
      }
      if lead < 0x80 || length == 2, scalar < bytes.count, bytes[scalar] >= 0 {
        result.append(UInt8(truncatingIfNeeded: bytes[scalar]))
      } else {
        result.append(contentsOf: piece[index..<index + length])
      }
      index += length
    }
    return result
  }
}
