/// What Python does with the characters of strings, which are scalars.
enum PythonText {
  /// The text without such characters at its ends.
  static func strip(
    _ text: String, left: Bool = true, right: Bool = true,
    where isStripped: (Unicode.Scalar) -> Bool
  ) -> String {
    var scalars = text.unicodeScalars[...]
    if left { scalars = scalars.drop(while: isStripped) }
    if right {
      while let last = scalars.last, isStripped(last) { scalars.removeLast() }
    }
    return String(scalars)
  }

  /// Python's `str.title` of a word's first letter.
  private static func titled(_ scalar: Unicode.Scalar) -> String {
    scalar.properties.titlecaseMapping
  }

  /// Python's `str.lower`.
  static func lowercased(_ text: String) -> String {
    var result = ""
    let scalars = Array(text.unicodeScalars)
    for (index, scalar) in scalars.enumerated() {
      // A sigma at the end of a word has a form of its own.
      if scalar.value == 0x3A3, isEndOfWord(scalars, index) {
        result += "\u{3C2}"
      } else {
        result += scalar.properties.lowercaseMapping
      }
    }
    return result
  }

  private static func isEndOfWord(_ scalars: [Unicode.Scalar], _ index: Int) -> Bool {
    let before = scalars[..<index].last { !$0.properties.isCaseIgnorable }
    let after = scalars[(index + 1)...].first { !$0.properties.isCaseIgnorable }
    return before?.properties.isCased == true && after?.properties.isCased != true
  }

  /// Python's `str.upper`.
  static func uppercased(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars { result += scalar.properties.uppercaseMapping }
    return result
  }

  /// Python's `str.capitalize`.
  static func capitalized(_ text: String) -> String {
    guard let first = text.unicodeScalars.first else { return "" }
    return titled(first) + lowercased(String(text.unicodeScalars.dropFirst()))
  }

  /// Python's `str.title`.
  static func titlecased(_ text: String) -> String {
    var result = ""
    var isInWord = false
    for scalar in text.unicodeScalars {
      result += isInWord ? scalar.properties.lowercaseMapping : titled(scalar)
      isInWord = scalar.properties.isCased
    }
    return result
  }

  /// Python's `str.swapcase`.
  static func swapcased(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      result +=
        scalar.properties.isUppercase
        ? scalar.properties.lowercaseMapping : scalar.properties.uppercaseMapping
    }
    return result
  }

  /// The lines, without their ends unless asked for.
  static func lines(of text: String, keepingEnds: Bool = false) -> [String] {
    var lines: [String] = []
    var line = ""
    let scalars = Array(text.unicodeScalars)
    var index = 0
    while index < scalars.count {
      let scalar = scalars[index]
      index += 1
      guard isLineBreak(scalar) else {
        line.unicodeScalars.append(scalar)
        continue
      }
      if keepingEnds { line.unicodeScalars.append(scalar) }
      if scalar == "\r", index < scalars.count, scalars[index] == "\n" {
        if keepingEnds { line.unicodeScalars.append("\n") }
        index += 1
      }
      lines.append(line)
      line = ""
    }
    if !line.isEmpty { lines.append(line) }
    return lines
  }

  private static func isLineBreak(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x0A...0x0D, 0x1C...0x1E, 0x85, 0x2028, 0x2029: true
    default: false
    }
  }

  /// The parts between white space; at most `limit` times, from the left or the right.
  static func words(of text: String, limit: Int?, fromRight: Bool = false) -> [String] {
    var scalars = Array(text.unicodeScalars)
    if fromRight { scalars.reverse() }
    var words: [String] = []
    var index = 0
    while true {
      while index < scalars.count, scalars[index].isPythonSpace { index += 1 }
      if index == scalars.count { break }
      if let limit, words.count >= limit {
        words.append(string(scalars[index...], isReversed: fromRight))
        break
      }
      let start = index
      while index < scalars.count, !scalars[index].isPythonSpace { index += 1 }
      words.append(string(scalars[start..<index], isReversed: fromRight))
    }
    return fromRight ? words.reversed() : words
  }

  private static func string(_ scalars: ArraySlice<Unicode.Scalar>, isReversed: Bool) -> String {
    var view = String.UnicodeScalarView()
    if isReversed {
      view.append(contentsOf: scalars.reversed())
    } else {
      view.append(contentsOf: scalars)
    }
    return String(view)
  }

  /// The parts between separators; at most `limit` times, from the left or the right.
  static func parts(
    of text: String, separator: String, limit: Int?, fromRight: Bool = false
  ) -> [String] {
    let bytes = text.bytes
    let pattern = separator.bytes
    var parts: [String] = []
    if fromRight {
      var end = bytes.count
      // A fresh search from the right costs the whole rest, so the places are found once.
      var places: [Int] = []
      let reversed = [UInt8](bytes.reversed())
      let reversedPattern = [UInt8](pattern.reversed())
      var from = 0
      while limit.map({ places.count < $0 }) ?? true,
        let index = reversed.firstIndex(of: reversedPattern, from: from)
      {
        places.append(bytes.count - index - pattern.count)
        from = index + pattern.count
      }
      for place in places {
        parts.append(bytes[place + pattern.count..<end].text)
        end = place
      }
      parts.append(bytes[..<end].text)
      return parts.reversed()
    }
    var start = 0
    while limit.map({ parts.count < $0 }) ?? true,
      let index = bytes.firstIndex(of: pattern, from: start)
    {
      parts.append(bytes[start..<index].text)
      start = index + pattern.count
    }
    parts.append(bytes[start...].text)
    return parts
  }
}
