/// The `added_tokens` of a `tokenizer.json`: pieces that are found before the text is cut.
struct AddedTokens: Sendable {
  struct Token: Sendable {
    var id: Int
    var content: [UInt8]
    var isSingleWord: Bool
    var stripsLeft: Bool
    var stripsRight: Bool
    var isNormalized: Bool
    var isSpecial: Bool

    init(_ json: JSONDocument) throws(ModelError) {
      guard let id = json["id"]?.int, (0..<Vocabulary.maximumCount).contains(id),
        let content = json["content"]?.bytes
      else { throw ModelError(.invalidConfiguration, "an added token lacks its id or content") }
      self.id = id
      self.content = content
      isSingleWord = json["single_word"]?.bool ?? false
      stripsLeft = json["lstrip"]?.bool ?? false
      stripsRight = json["rstrip"]?.bool ?? false
      isSpecial = json["special"]?.bool ?? false
      isNormalized = json["normalized"]?.bool ?? !isSpecial
    }
  }

  /// A part of a text.
  enum Part {
    case token(Int)
    case text(Range<Int>)
  }

  private let tokens: [Token]
  private let trie: ByteTrie

  /// A finder of tokens by their contents.
  init(_ tokens: [Token]) {
    self.tokens = tokens
    var trie = ByteTrie()
    for (number, token) in tokens.enumerated() {
      trie.insert(token.content[...], value: Int32(number))
    }
    self.trie = trie
  }

  /// The parts of a text: the leftmost token, of several the longest, and so on.
  func parts(of text: Span<UInt8>) -> [Part] {
    guard !trie.isEmpty else { return text.isEmpty ? [] : [.text(0..<text.count)] }
    var parts: [Part] = []
    var textStart = 0
    var index = 0
    while index < text.count {
      guard let match = trie.longestMatch(in: text, at: index) else {
        index += 1
        continue
      }
      let token = tokens[match.value]
      var start = index
      var end = index + match.length
      index = end
      if token.isSingleWord, isWord(before: start, in: text) || isWord(at: end, in: text) {
        continue
      }
      if token.stripsLeft {
        while start > textStart, let space = spaceLength(before: start, in: text) { start -= space }
        start = max(start, textStart)
      }
      if token.stripsRight {
        while end < text.count {
          let next = CharacterClass.at(end, in: text)
          guard next.kind.isIn(.whitespace) else { break }
          end += next.length
        }
      }
      if start > textStart { parts.append(.text(textStart..<start)) }
      parts.append(.token(token.id))
      // What was stripped may hold another token all the same.
      textStart = end
    }
    if textStart < text.count { parts.append(.text(textStart..<text.count)) }
    return parts
  }

  private func isWord(at index: Int, in text: Span<UInt8>) -> Bool {
    guard index < text.count else { return false }
    let scalar = Unicode.Scalar(CharacterClass.scalar(at: index, in: text).value)
    return scalar.map { PatternSet.isWord($0) } ?? false
  }

  private func isWord(before index: Int, in text: Span<UInt8>) -> Bool {
    lastStart(before: index, in: text).map { isWord(at: $0, in: text) } ?? false
  }

  private func spaceLength(before index: Int, in text: Span<UInt8>) -> Int? {
    guard let start = lastStart(before: index, in: text),
      CharacterClass.at(start, in: text).kind.isIn(.whitespace)
    else { return nil }
    return index - start
  }

  /// Where the character before a byte starts.
  private func lastStart(before index: Int, in text: Span<UInt8>) -> Int? {
    guard index > 0 else { return nil }
    var start = index - 1
    while start > 0, text[start] & 0xC0 == 0x80 { start -= 1 }
    return start
  }
}

/// Finds added tokens with and without those that text must not become by itself.
struct AddedTokenFinders: Sendable {
  private let all: AddedTokens
  private let notSpecial: AddedTokens

  init(_ tokens: [AddedTokens.Token]) {
    all = AddedTokens(tokens)
    notSpecial = AddedTokens(tokens.filter { !$0.isSpecial })
  }

  func parts(of text: Span<UInt8>, options: EncodingOptions) -> [AddedTokens.Part] {
    (options.contains(.parseSpecial) ? all : notSpecial).parts(of: text)
  }
}
