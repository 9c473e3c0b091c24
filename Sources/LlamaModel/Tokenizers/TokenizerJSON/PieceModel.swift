/// What makes pieces of words: the `model` of a `tokenizer.json`.
enum PieceModel: Sendable {
  case bpe(BPEModel)
  case wordPiece(WordPieceModel)
  case unigram(UnigramModel)
  case wordLevel(excluded: Set<Int>, unknown: Int?)

  /// Appends the tokens of a word.
  func encode(
    _ word: Span<UInt8>, _ vocabulary: Vocabulary, _ engine: inout MergeEngine,
    into tokens: inout [Int]
  ) {
    switch self {
    case .bpe(let model): model.encode(word, vocabulary, &engine, into: &tokens)
    case .wordPiece(let model): model.encode(word, into: &tokens)
    case .unigram(let model): model.encode(word, vocabulary, into: &tokens)
    case .wordLevel(let excluded, let unknown):
      if let token = vocabulary.pieces.firstIndex(of: word), !excluded.contains(token) {
        tokens.append(token)
      } else if let unknown {
        tokens.append(unknown)
      }
    }
  }
}

/// Byte-pair encoding by ranked merges, over bytes in GPT-2's alphabet or over characters.
struct BPEModel: Sendable {
  let merges: MergeTable
  /// The pieces of bytes, or -1, where words are spelled in GPT-2's alphabet.
  let bytePieces: [Int32]?
  /// The pieces as the bytes that they spell, where a whole word may be one.
  let words: ByteStringTable?
  let unknown: Int?
  /// Whether unknown characters that follow each other are one token.
  let fusesUnknown: Bool
  /// The tokens for bytes of what has no piece.
  let byteTokens: [Int]?
  /// Tokens that are no pieces of words.
  let excluded: Set<Int>
  /// What comes before characters that do not start a word, and after the last.
  let continuingPrefix: [UInt8]
  let wordSuffix: [UInt8]

  func encode(
    _ word: Span<UInt8>, _ vocabulary: Vocabulary, _ engine: inout MergeEngine,
    into tokens: inout [Int]
  ) {
    if let token = words?.firstIndex(of: word) {
      tokens.append(token)
      return
    }
    engine.removeAll()
    if let bytePieces {
      for index in word.indices {
        let piece = bytePieces[Int(word[index])]
        if piece >= 0 {
          engine.append(index..<index + 1, piece: piece)
        } else if let unknown {
          engine.append(index..<index + 1, piece: Int32(unknown))
        } else {
          // What is left out does not keep its neighbours apart.
          engine.extendLast(to: index + 1)
        }
      }
    } else {
      appendCharacters(of: word, vocabulary, to: &engine)
    }
    engine.merge(by: merges, in: word)
    for symbol in engine.symbols where symbol.end > symbol.start {
      if symbol.piece < vocabulary.count { tokens.append(Int(symbol.piece)) }
    }
  }

  private func appendCharacters(
    of word: Span<UInt8>, _ vocabulary: Vocabulary, to engine: inout MergeEngine
  ) {
    var index = 0
    var lastWasUnknown = false
    while index < word.count {
      let end = min(word.count, index + utf8Length(word[index]))
      var spelled = index > 0 ? continuingPrefix : []
      for offset in index..<end { spelled.append(word[offset]) }
      if end == word.count { spelled += wordSuffix }
      if let piece = vocabulary.pieces.firstIndex(of: spelled), !excluded.contains(piece) {
        engine.append(index..<end, piece: Int32(piece))
        lastWasUnknown = false
      } else if let byteTokens, spelled.allSatisfy({ byteTokens[Int($0)] >= 0 }) {
        // Symbols need ranges of their own that touch; those of one character share its bytes.
        for (number, byte) in spelled.enumerated() {
          let start = min(index + number, end - 1)
          let stop = number == spelled.count - 1 ? end : min(index + number + 1, end)
          engine.append(start..<stop, piece: Int32(byteTokens[Int(byte)]))
        }
        lastWasUnknown = false
      } else if let unknown {
        if lastWasUnknown, fusesUnknown {
          engine.extendLast(to: end)
        } else {
          engine.append(index..<end, piece: Int32(unknown))
        }
        lastWasUnknown = true
      } else {
        engine.extendLast(to: end)
      }
      index = end
    }
  }
}

/// The longest pieces from the left.
struct WordPieceModel: Sendable {
  private let first: ByteTrie
  private let continuing: ByteTrie
  private let unknown: Int?
  private let maximumCharacters: Int

  init(
    _ vocabulary: Vocabulary, excluded: Set<Int>, prefix: [UInt8], unknown: Int?,
    maximumCharacters: Int
  ) {
    var first = ByteTrie()
    var continuing = ByteTrie()
    for token in 0..<vocabulary.count where !excluded.contains(token) {
      let piece = vocabulary.pieces[token]
      first.insert(piece, value: Int32(token))
      if piece.starts(with: prefix) {
        continuing.insert(piece.dropFirst(prefix.count), value: Int32(token))
      }
    }
    self.first = first
    self.continuing = continuing
    self.unknown = unknown
    self.maximumCharacters = maximumCharacters
  }

  func encode(_ word: Span<UInt8>, into tokens: inout [Int]) {
    let start = tokens.count
    var characters = 0
    for index in word.indices where word[index] & 0xC0 != 0x80 { characters += 1 }
    var index = characters > maximumCharacters ? nil : 0
    while let position = index, position < word.count {
      let trie = position == 0 ? first : continuing
      index = trie.longestMatch(in: word, at: position).map { match in
        tokens.append(match.value)
        return position + match.length
      }
    }
    if index == nil {
      tokens.removeLast(tokens.count - start)
      if let unknown { tokens.append(unknown) }
    }
  }
}

/// The pieces of the greatest sum of scores.
struct UnigramModel: Sendable {
  let lattice: UnigramLattice
  let unknown: Int?
  /// The tokens for bytes of what has no piece.
  let byteTokens: [Int]?

  func encode(_ word: Span<UInt8>, _ vocabulary: Vocabulary, into tokens: inout [Int]) {
    guard let byteTokens else { return lattice.encode(word, into: &tokens) }
    for (token, range) in lattice.path(of: word) {
      let bytes = range.map { byteTokens[Int(word[$0])] }
      if token >= 0, token != unknown {
        tokens.append(token)
      } else if bytes.allSatisfy({ $0 >= 0 }) {
        tokens += bytes
      } else if let unknown {
        tokens.append(unknown)
      }
    }
  }
}
