/// Finds markers in a text that comes in pieces, and holds back what may be the start of one.
struct MarkerScanner {
  private var buffer: [UInt8] = []

  enum Result: Equatable {
    /// Text without a marker.
    case text(String)
    /// One of the markers, by its index.
    case marker(Int)
  }

  var isEmpty: Bool { buffer.isEmpty }

  mutating func append(_ text: String) { buffer += text.utf8 }

  /// Puts text before what is left.
  mutating func prepend(_ text: String) { buffer.insert(contentsOf: text.utf8, at: 0) }

  /// The next text or marker, nil when more is needed to tell.
  mutating func next(_ markers: [String]) -> Result? {
    var earliest: (index: Int, marker: Int)?
    for (number, marker) in markers.enumerated() {
      guard let index = buffer.firstIndex(ofSequence: Array(marker.utf8)) else { continue }
      let isLonger = earliest.map { markers[$0.marker].utf8.count < marker.utf8.count } ?? true
      if index < earliest?.index ?? .max || (index == earliest?.index && isLonger) {
        earliest = (index, number)
      }
    }
    if let (index, marker) = earliest {
      if index > 0 { return .text(take(index)) }
      // A longer marker may begin with this one.
      let found = markers[marker]
      let isPrefix = markers.contains {
        $0.utf8.count > buffer.count && $0.utf8.count > found.utf8.count
          && $0.utf8.starts(with: buffer)
      }
      if isPrefix { return nil }
      _ = take(found.utf8.count)
      return .marker(marker)
    }
    let held = markers.reduce(0) { max($0, buffer.longestSuffix(beginning: Array($1.utf8))) }
    return held < buffer.count ? .text(take(buffer.count - held)) : nil
  }

  /// The first scalar that is no white space, without taking it; nil if it is not there yet.
  var firstSolid: UInt8? { buffer.first { !Self.isSpace($0) } }

  /// All that is left.
  mutating func rest() -> String { take(buffer.count) }

  private mutating func take(_ count: Int) -> String {
    defer { buffer.removeFirst(count) }
    return String(decoding: buffer[..<count], as: UTF8.self)
  }

  static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
  }
}
