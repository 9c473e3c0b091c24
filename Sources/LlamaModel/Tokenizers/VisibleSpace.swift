/// U+2581, which stands for a space in the pieces of SentencePiece and its relatives.
enum VisibleSpace {
  static let bytes: [UInt8] = [0xE2, 0x96, 0x81]

  /// Whether there is one at a byte.
  @inline(__always)
  static func isAt(_ index: Int, in text: Span<UInt8>) -> Bool {
    text[index] == 0xE2 && index + 2 < text.count && text[index + 1] == 0x96
      && text[index + 2] == 0x81
  }

  /// Writes one for each space, and one in front on request.
  static func spell(_ text: Span<UInt8>, prefix: Bool = false) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(text.count + text.count / 2 + 3)
    if prefix { result += bytes }
    for index in text.indices {
      if text[index] == 0x20 { result += bytes } else { result.append(text[index]) }
    }
    return result
  }

  /// Writes a space for each.
  static func unspell(_ piece: ArraySlice<UInt8>) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(piece.count)
    var index = piece.startIndex
    while index < piece.endIndex {
      if piece[index...].starts(with: bytes) {
        result.append(0x20)
        index += bytes.count
      } else {
        result.append(piece[index])
        index += 1
      }
    }
    return result
  }
}
