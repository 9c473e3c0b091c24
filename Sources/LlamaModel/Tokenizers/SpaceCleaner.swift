/// Takes away the spaces that English does not have: before `? ! . ,`, around a lone apostrophe, and
/// before `'s 'm 're 've`. These are the rules of Hugging Face's decoders for WordPiece.
///
/// Up to four bytes are held back until it is known whether they stay.
struct SpaceCleaner: Sendable {
  private var held: [UInt8] = []

  /// What is certain after more bytes.
  mutating func append(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var result: [UInt8] = []
    for byte in bytes {
      held.append(byte)
      settle(atEnd: false, into: &result)
    }
    return result[...]
  }

  /// What is left. The cleaner is then at the start of a text.
  mutating func finish() -> ArraySlice<UInt8> {
    var result: [UInt8] = []
    settle(atEnd: true, into: &result)
    return result[...]
  }

  private mutating func settle(atEnd: Bool, into result: inout [UInt8]) {
    while let first = held.first {
      guard first == UInt8(ascii: " ") else {
        emit(1, into: &result)
        continue
      }
      switch decision(atEnd: atEnd) {
      case .keep: emit(1, into: &result)
      case .wait: return
      case .drop(let then):
        held.removeFirst()
        emit(then, into: &result)
      case .dropBoth:
        held.removeFirst()
        emit(1, into: &result)
        held.removeFirst()
      }
    }
  }

  private mutating func emit(_ count: Int, into result: inout [UInt8]) {
    result += held.prefix(count)
    held.removeFirst(min(count, held.count))
  }

  private enum Decision {
    case keep
    case wait
    /// Drops the space, and passes some bytes after it on.
    case drop(then: Int)
    /// Drops this space and the one after the next byte.
    case dropBoth
  }

  /// What becomes of the space in front.
  private func decision(atEnd: Bool) -> Decision {
    let undecided: Decision = atEnd ? .keep : .wait
    guard held.count > 1 else { return undecided }
    if Self.endsSentence(held[1]) { return .drop(then: 1) }
    guard held[1] == UInt8(ascii: "'") else { return .keep }
    guard held.count > 2 else { return undecided }
    switch held[2] {
    case UInt8(ascii: " "):
      // The space after the apostrophe may belong to what follows.
      guard held.count > 3 else { return atEnd ? .dropBoth : .wait }
      return Self.endsSentence(held[3]) ? .keep : .dropBoth
    case UInt8(ascii: "s"), UInt8(ascii: "m"): return .drop(then: 2)
    case UInt8(ascii: "r"), UInt8(ascii: "v"):
      guard held.count > 3 else { return undecided }
      return held[3] == UInt8(ascii: "e") ? .drop(then: 3) : .keep
    default: return .keep
    }
  }

  private static func endsSentence(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "?"), UInt8(ascii: "!"), UInt8(ascii: "."), UInt8(ascii: ","): true
    default: false
    }
  }
}
