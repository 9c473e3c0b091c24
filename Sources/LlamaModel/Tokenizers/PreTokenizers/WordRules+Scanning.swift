extension WordRules: SplitRule {
  func matchEnd(in text: Span<UInt8>, at start: Int) -> Int? {
    if contractions != .none {
      let length = Scan.contraction(
        in: text, at: start, ignoringCase: contractions == .ignoringCase)
      if length > 0 { return start + length }
    }
    let first = CharacterClass.at(start, in: text)
    let second = start + first.length
    if joinsSignAndLetters, first.length == 1, first.kind.isIn([.punctuation, .symbol]) {
      let end = Scan.asciiLetters(in: text, from: second)
      if end > second { return end }
    }
    if separatesHan, first.kind == .ideograph {
      return Scan.run(of: .ideograph, in: text, from: second)
    }
    if let end = wordEnd(in: text, from: start, first.kind, second) { return end }
    if first.kind == .number { return numberEnd(in: text, from: second) }
    if text[start] == UInt8(ascii: " ") {
      let next = CharacterClass.at(second, in: text)
      if next.kind.isIn(signs) { return signsEnd(in: text, from: second + next.length) }
      if spaceLeadsNumbers, next.kind == .number {
        return numberEnd(in: text, from: second + next.length)
      }
    }
    if first.kind.isIn(signs) { return signsEnd(in: text, from: second) }
    if first.kind.isIn(.whitespace) { return whitespaceEnd(in: text, from: start, first.kind) }
    return nil
  }

  // MARK: Words

  /// The end of a word with its lead and suffix.
  @inline(__always)
  private func wordEnd(
    in text: Span<UInt8>, from start: Int, _ first: CharacterClass, _ second: Int
  ) -> Int? {
    let leads = lead.map { first.isIn($0) } ?? (text[start] == UInt8(ascii: " "))
    let end: Int?
    switch letters {
    case .run(let set):
      // A lead that is in the set, too, is part of the same run.
      let set = separatesHan ? set.subtracting(.ideograph) : set
      let from = first.isIn(set) || !leads ? start : second
      let last = Scan.run(of: set, in: text, from: from)
      end = last > from ? last : nil
    case .phrase:
      let from = leads ? second : start
      end = Self.phraseEnd(in: text, from: from)
    case .cased, .casedASCII:
      let led = leads ? casedEnd(in: text, from: second) : nil
      if let led, led.endsInLower {
        end = led.end
      } else {
        let plain = casedEnd(in: text, from: start)
        // Both have the form [upper]+ here; the one with the lead is tried first.
        end = plain.map { $0.endsInLower ? $0.end : led?.end ?? $0.end } ?? led?.end
      }
    }
    guard let end, suffixes != .none else { return end }
    return end
      + Scan.contraction(in: text, at: end, ignoringCase: suffixes == .ignoringCase)
  }

  /// `\p{L}\p{M}*` again and again, with a single space between any two.
  private static func phraseEnd(in text: Span<UInt8>, from start: Int) -> Int? {
    var next = CharacterClass.at(start, in: text)
    guard next.kind.isIn(.letter) else { return nil }
    var index = start
    while true {
      index = Scan.run(of: .mark, in: text, from: index + next.length)
      next = CharacterClass.at(index, in: text)
      if next.kind == .space, text[index] == UInt8(ascii: " ") {
        let letter = CharacterClass.at(index + 1, in: text)
        guard letter.kind.isIn(.letter) else { return index }
        index += 1
        next = letter
      }
      guard next.kind.isIn(.letter) else { return index }
    }
  }

  /// The end of `[upper]*[lower]+`, or else of `[upper]+[lower]*`.
  ///
  /// Where capitals alone follow, the first form can still match by giving back what it took as
  /// upper: it then ends with the last character that is of both kinds.
  private func casedEnd(
    in text: Span<UInt8>, from start: Int
  ) -> (end: Int, endsInLower: Bool)? {
    var index = start
    var afterBoth: Int?
    var next = caseAt(index, in: text)
    while next.isUpper {
      index += next.length
      if next.isLower { afterBoth = index }
      next = caseAt(index, in: text)
    }
    if next.isLower {
      while next.isLower {
        index += next.length
        next = caseAt(index, in: text)
      }
      return (index, true)
    }
    if let afterBoth { return (afterBoth, true) }
    return index > start ? (index, false) : nil
  }

  @inline(__always)
  private func caseAt(
    _ index: Int, in text: Span<UInt8>
  ) -> (isUpper: Bool, isLower: Bool, length: Int) {
    let (kind, length) = CharacterClass.at(index, in: text)
    switch letters {
    case .cased(let upper, let lower): return (kind.isIn(upper), kind.isIn(lower), length)
    case .casedASCII(let marks):
      let isLetter = kind.isIn(marks ? [.letter, .mark] : .letter)
      guard isLetter, !(separatesHan && kind == .ideograph) else { return (false, false, length) }
      return (length > 1 || kind == .upper, length > 1 || kind == .lower, length)
    case .run, .phrase: return (false, false, length)
    }
  }

  // MARK: Numbers, signs and white space

  private func numberEnd(in text: Span<UInt8>, from start: Int) -> Int? {
    guard maximumDigits > 0 else { return nil }
    var index = start
    var count = 1
    while count < maximumDigits {
      let next = CharacterClass.at(index, in: text)
      guard next.kind == .number else { break }
      index += next.length
      count += 1
    }
    return index
  }

  private func signsEnd(in text: Span<UInt8>, from start: Int) -> Int {
    var end = Scan.run(of: signs, in: text, from: start)
    switch signSuffix {
    case .none: break
    case .newlines: end = Scan.run(of: .newline, in: text, from: end)
    case .newlinesAndSlashes:
      while end < text.count, Self.isNewlineOrSlash(text[end]) { end += 1 }
    case .newlineOrSlash:
      if end < text.count, Self.isNewlineOrSlash(text[end]) { end += 1 }
    }
    return end
  }

  private static func isNewlineOrSlash(_ byte: UInt8) -> Bool {
    byte == 0x0A || byte == 0x0D || byte == UInt8(ascii: "/")
  }

  private func whitespaceEnd(
    in text: Span<UInt8>, from start: Int, _ first: CharacterClass
  ) -> Int {
    switch whitespace {
    case .run: return Scan.whitespace(in: text, from: start, newlineWins: false)
    case .newlinesFirst: return Scan.whitespace(in: text, from: start, newlineWins: true)
    case .singleNewlines:
      if first == .newline { return start + 1 }
      return Scan.whitespace(in: text, from: start, newlineWins: false)
    }
  }
}
