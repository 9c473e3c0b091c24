extension String {
  /// Whether `part` is somewhere in the text, scalar by scalar.
  func contains(exactly part: String) -> Bool { bytes.firstIndex(of: part.bytes) != nil }
}

extension [UInt8] {
  /// Where `pattern` begins for the first time from `start` on, in linear time.
  func firstIndex(of pattern: [UInt8], from start: Int = 0) -> Int? {
    guard let first = pattern.first else { return start <= count ? start : nil }
    // Comparing at each place is faster while the pattern is short.
    if pattern.count > 16 { return firstIndexOfLong(pattern, from: start) }
    var index = start
    let end = count - pattern.count
    while index <= end {
      if self[index] == first, self[index..<index + pattern.count].elementsEqual(pattern) {
        return index
      }
      index += 1
    }
    return nil
  }

  /// The search of Knuth, Morris and Pratt.
  private func firstIndexOfLong(_ pattern: [UInt8], from start: Int) -> Int? {
    var fallback = [Int](repeating: 0, count: pattern.count)
    var length = 0
    for index in 1..<pattern.count {
      while length > 0, pattern[index] != pattern[length] { length = fallback[length - 1] }
      if pattern[index] == pattern[length] { length += 1 }
      fallback[index] = length
    }
    length = 0
    for index in Swift.min(start, count)..<count {
      while length > 0, self[index] != pattern[length] { length = fallback[length - 1] }
      if self[index] == pattern[length] { length += 1 }
      if length == pattern.count { return index + 1 - length }
    }
    return nil
  }

  /// Where `pattern` begins for the last time before `end`, in linear time.
  func lastIndex(of pattern: [UInt8], before end: Int) -> Int? {
    if pattern.isEmpty { return end }
    let reversed = [UInt8](self[..<end].reversed())
    return reversed.firstIndex(of: pattern.reversed()).map { end - $0 - pattern.count }
  }

  /// The text with these bytes of UTF-8.
  var text: String { String(decoding: self, as: UTF8.self) }
}

extension ArraySlice<UInt8> {
  /// The text with these bytes of UTF-8.
  var text: String { String(decoding: self, as: UTF8.self) }
}
