/// Finds markers in a text that comes in pieces, and holds back what may be the start of one.
struct MarkerScanner {
  private var buffer: [UInt8] = []
  /// Where the text begins that was not given out.
  private var start = 0

  enum Result: Equatable {
    /// Text without a marker.
    case text(String)
    /// One of the markers, by its index.
    case marker(Int)
  }

  var isEmpty: Bool { start == buffer.count }

  mutating func append(_ text: String) {
    buffer.removeFirst(start)
    start = 0
    buffer += text.utf8
  }

  /// Puts text before what is left.
  mutating func prepend(_ text: String) {
    buffer.replaceSubrange(..<start, with: text.utf8)
    start = 0
  }

  /// The next text or marker, nil when more is needed to tell.
  mutating func next(_ markers: [String]) -> Result? {
    let patterns = markers.map { Array($0.utf8) }
    var isFirst = [Bool](repeating: false, count: 256)
    for pattern in patterns { pattern.first.map { isFirst[Int($0)] = true } }
    for index in start..<buffer.count where isFirst[Int(buffer[index])] {
      switch match(patterns, at: index) {
      case .none: continue
      case .some(let marker):
        if index > start { return .text(take(index - start)) }
        guard let marker else { return nil }
        start += patterns[marker].count
        return .marker(marker)
      }
    }
    return isEmpty ? nil : .text(rest())
  }

  /// The longest marker at a place: nil if there is none, and a marker that is nil if one may begin
  /// there that is longer than what is there.
  private func match(_ patterns: [[UInt8]], at index: Int) -> Int?? {
    let rest = buffer[index...]
    var longest: Int?
    for (number, pattern) in patterns.enumerated() {
      if pattern.count > rest.count {
        if pattern.starts(with: rest) { return .some(nil) }
      } else if rest.starts(with: pattern),
        longest.map({ patterns[$0].count < pattern.count }) ?? true
      {
        longest = number
      }
    }
    return longest.map { .some($0) } ?? .none
  }

  /// The first byte that is no white space, without taking it; nil if it is not there yet.
  var firstSolid: UInt8? { buffer[start...].first { !Self.isSpace($0) } }

  /// All that is left, without taking it.
  var text: String { String(decoding: buffer[start...], as: UTF8.self) }

  /// All that is left.
  mutating func rest() -> String { take(buffer.count - start) }

  private mutating func take(_ count: Int) -> String {
    defer { start += count }
    return String(decoding: buffer[start..<start + count], as: UTF8.self)
  }

  static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
  }
}
