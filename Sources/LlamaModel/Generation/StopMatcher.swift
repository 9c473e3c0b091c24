/// Holds back text that may be the beginning of a stop text.
struct StopMatcher {
  private let stops: [[UInt8]]
  private var held: [UInt8] = []

  init(_ stops: [String]) {
    self.stops = stops.map { Array($0.utf8) }.filter { !$0.isEmpty }
  }

  /// Adds text; returns what is certain not to belong to a stop text, and whether one is complete.
  mutating func append(_ text: String) -> (text: String, isStopped: Bool) {
    guard !stops.isEmpty else { return (text, false) }
    held += text.utf8
    // The earliest stop text counts, and of those at one place the longest does not matter.
    var earliest: Int?
    for stop in stops {
      if let index = held.firstIndex(ofSequence: stop), index < earliest ?? .max {
        earliest = index
      }
    }
    if let earliest {
      let before = String(decoding: held[..<earliest], as: UTF8.self)
      held = []
      return (before, true)
    }
    // A stop text is whole characters, so a cut before its possible start splits none.
    let kept = stops.reduce(0) { max($0, held.longestSuffix(beginning: $1)) }
    let certain = String(decoding: held.dropLast(kept), as: UTF8.self)
    held.removeFirst(held.count - kept)
    return (certain, false)
  }

  /// What was held back, at the end.
  mutating func finish() -> String {
    defer { held = [] }
    return String(decoding: held, as: UTF8.self)
  }
}

extension [UInt8] {
  /// Where `pattern` begins for the first time.
  func firstIndex(ofSequence pattern: [UInt8]) -> Int? {
    guard count >= pattern.count else { return nil }
    return (0...count - pattern.count).first { start in
      self[start..<start + pattern.count].elementsEqual(pattern)
    }
  }

  /// The length of the longest suffix with which `pattern` begins.
  func longestSuffix(beginning pattern: [UInt8]) -> Int {
    var length = Swift.min(count, pattern.count - 1)
    while length > 0, !suffix(length).elementsEqual(pattern.prefix(length)) { length -= 1 }
    return length
  }
}
