/// A run of characters from a set, with what may lead it: `\s?[set]{minimum,maximum}`.
struct CharacterRun: Sendable {
  /// What may stand before the run and belongs to it.
  enum Lead: Sendable {
    case none
    /// ` ?`.
    case space
    /// `\s?`.
    case whitespace
  }

  var lead = Lead.none
  /// The classes in the set.
  var classes: CharacterClass = []
  /// Further characters in the set, or those that are not in it.
  var scalars: [ClosedRange<UInt32>] = []
  /// Whether the set is all but `classes` and `scalars`.
  var isInverted = false
  var minimum = 1
  var maximum = Int.max

  /// A run of characters of some classes.
  static func of(
    _ classes: CharacterClass, lead: Lead = .none, minimum: Int = 1, maximum: Int = .max
  ) -> CharacterRun {
    CharacterRun(lead: lead, classes: classes, minimum: minimum, maximum: maximum)
  }

  /// A run of characters in ranges such as "AZ", "az".
  static func of(
    ranges: String, _ classes: CharacterClass = [], lead: Lead = .none, minimum: Int = 1,
    maximum: Int = .max
  ) -> CharacterRun {
    CharacterRun(
      lead: lead, classes: classes, scalars: Self.ranges(ranges), minimum: minimum,
      maximum: maximum)
  }

  /// Pairs of characters, each the first and the last of a range.
  static func ranges(_ pairs: String) -> [ClosedRange<UInt32>] {
    var ranges: [ClosedRange<UInt32>] = []
    var first: UInt32?
    for scalar in pairs.unicodeScalars {
      if let start = first {
        ranges.append(start...max(start, scalar.value))
        first = nil
      } else {
        first = scalar.value
      }
    }
    return ranges
  }

  /// Whether the set has the character at a byte, and the character's length.
  func matches(_ index: Int, in text: Span<UInt8>) -> (Bool, length: Int) {
    let (kind, length) = CharacterClass.at(index, in: text)
    guard kind != [] else { return (false, 0) }
    var isFound = kind.isIn(classes)
    // Engines without Unicode's white space see none of it in a set of characters.
    if !isFound, !scalars.isEmpty, length == 1 || !kind.isIn(.whitespace) {
      let value = CharacterClass.scalar(at: index, in: text).value
      isFound = scalars.contains { $0.contains(value) }
    }
    return (isFound != isInverted, length)
  }

  /// The end of the run that starts at a byte.
  func end(in text: Span<UInt8>, from start: Int) -> Int? {
    let leads =
      switch lead {
      case .none: false
      case .space: text[start] == UInt8(ascii: " ")
      case .whitespace: CharacterClass.at(start, in: text).kind.isIn(.whitespace)
      }
    if leads {
      let second = start + CharacterClass.at(start, in: text).length
      if let end = setEnd(in: text, from: second) { return end }
    }
    return setEnd(in: text, from: start)
  }

  private func setEnd(in text: Span<UInt8>, from start: Int) -> Int? {
    var index = start
    var count = 0
    while count < maximum {
      let (isFound, length) = matches(index, in: text)
      guard isFound else { break }
      index += length
      count += 1
    }
    return count >= minimum ? index : nil
  }
}

/// Finds runs of characters.
struct RunRule: SplitRule {
  let runs: [CharacterRun]

  func matchEnd(in text: Span<UInt8>, at start: Int) -> Int? {
    for run in runs {
      if let end = run.end(in: text, from: start) { return end }
    }
    return nil
  }
}
