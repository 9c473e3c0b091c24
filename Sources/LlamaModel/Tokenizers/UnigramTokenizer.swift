/// The pieces of the greatest sum of scores: SentencePiece's unigram model, as the models of
/// `tokenizer.ggml.model` "t5" use it (T. Kudo, "Subword Regularization", 2018).
public struct UnigramTokenizer: Tokenizer {
  /// The name in `tokenizer.ggml.model`.
  static let model = "t5"

  /// The pieces and special tokens.
  public let vocabulary: Vocabulary

  private let special: SpecialPieces
  private let lattice: UnigramLattice
  private let userDefined: ByteTrie
  private let map: CharacterMap

  /// Creates a tokenizer.
  public init(_ vocabulary: Vocabulary) {
    self.vocabulary = vocabulary
    special = SpecialPieces(vocabulary)
    lattice = UnigramLattice(vocabulary)
    var userDefined = ByteTrie()
    for token in 0..<vocabulary.count where vocabulary.types[token] == .userDefined {
      userDefined.insert(vocabulary.pieces[token], value: Int32(token))
    }
    self.userDefined = userDefined
    map = CharacterMap(vocabulary.normalization.characterMap)
  }

  /// The tokens of a text.
  public func encode(_ text: String, options: EncodingOptions) -> [Int] {
    special.encode(text, options: options) { plain, _, tokens in
      lattice.encode(normalize(plain).span, into: &tokens)
    }
  }

  /// The bytes that a token adds to a text, U+2581 being a space.
  public func bytes(of token: Int, options: DecodingOptions) -> [UInt8] {
    guard let type = vocabulary.type(of: token) else { return [] }
    let piece = vocabulary.pieces[token]
    switch type {
    case .control, .unknown: return options.contains(.showSpecial) ? Array(piece) : []
    case .userDefined: return Array(piece)
    case .byte: return Vocabulary.byte(ofPiece: piece).map { [$0] } ?? []
    case .normal, .unused: return VisibleSpace.unspell(piece)
    }
  }

  /// Replaces characters by the map, and spaces by U+2581.
  private func normalize(_ text: Span<UInt8>) -> [UInt8] {
    var writer = SpaceWriter(
      addsPrefix: vocabulary.addSpacePrefix,
      mergesSpaces: vocabulary.normalization.removesExtraSpaces, capacity: 2 * text.count + 3)
    var index = 0
    while index < text.count {
      if let match = userDefined.longestMatch(in: text, at: index) {
        for offset in index..<index + match.length { writer.append(text[offset]) }
        index += match.length
      } else if let match = map.longestMatch(in: text, at: index) {
        for byte in match.replacement { writer.append(byte) }
        index += match.length
      } else {
        let end = min(text.count, index + utf8Length(text[index]))
        for offset in index..<end { writer.append(text[offset]) }
        index = end
      }
    }
    return writer.bytes
  }

  /// Writes text with U+2581 for spaces.
  private struct SpaceWriter {
    let addsPrefix: Bool
    let mergesSpaces: Bool
    private(set) var bytes: [UInt8] = []
    private var isInWord = false
    private var hasPrefix = false

    init(addsPrefix: Bool, mergesSpaces: Bool, capacity: Int) {
      self.addsPrefix = addsPrefix
      self.mergesSpaces = mergesSpaces
      bytes.reserveCapacity(capacity)
    }

    mutating func append(_ byte: UInt8) {
      guard byte != 0x20 else {
        isInWord = false
        if !mergesSpaces { bytes += VisibleSpace.bytes }
        return
      }
      if !isInWord {
        isInWord = true
        if mergesSpaces || addsPrefix && !hasPrefix {
          bytes += VisibleSpace.bytes
          hasPrefix = true
        }
      }
      bytes.append(byte)
    }
  }
}

/// Finds the pieces of the greatest sum of scores.
struct UnigramLattice: Sendable {
  private let trie: ByteTrie
  /// The score of each token; 0 for user-defined ones, which are always preferred.
  private let scores: [Double]
  private let unknown: Int32
  private let unknownScore: Double

  init(_ vocabulary: Vocabulary) {
    var trie = ByteTrie()
    var least = Float.greatestFiniteMagnitude
    var scores = [Double](repeating: 0, count: vocabulary.count)
    for token in 0..<vocabulary.count {
      switch vocabulary.types[token] {
      case .normal:
        least = min(least, vocabulary.scores[token])
        scores[token] = Double(vocabulary.scores[token])
      case .unused: scores[token] = Double(vocabulary.scores[token])
      case .userDefined: break
      case .control, .unknown, .byte: continue
      }
      trie.insert(vocabulary.pieces[token], value: Int32(token))
    }
    self.trie = trie
    self.scores = scores
    unknown = Int32(vocabulary.specialTokens.unknown ?? -1)
    unknownScore = Double(least - 10)
  }

  /// A lattice of pieces with their scores, without those that text becomes only on request.
  init(pieces: ByteStringTable, scores: [Double], special: Set<Int>, unknown: Int?) {
    var trie = ByteTrie()
    for token in scores.indices where !special.contains(token) {
      trie.insert(pieces[token], value: Int32(token))
    }
    self.trie = trie
    self.scores = scores
    self.unknown = Int32(unknown ?? -1)
    unknownScore = (scores.min() ?? 0) - 10
  }

  /// The best way to a position.
  private struct Step {
    var token: Int32
    var start: Int
    var score: Double
  }

  /// Appends the tokens of a text; a run of characters without a piece is one unknown token.
  func encode(_ text: Span<UInt8>, into tokens: inout [Int]) {
    for (token, _) in path(of: text) where token >= 0 { tokens.append(token) }
  }

  /// The tokens of a text and their bytes; a run of characters without a piece is one unknown token,
  /// or -1.
  func path(of text: Span<UInt8>) -> [(token: Int, range: Range<Int>)] {
    guard !text.isEmpty else { return [] }
    var steps = [Step](
      repeating: Step(token: unknown, start: 0, score: -.greatestFiniteMagnitude),
      count: text.count + 1)
    steps[0].score = 0
    var position = 0
    while position < text.count {
      position = advance(from: position, in: text, &steps)
    }
    var path: [(token: Int, range: Range<Int>)] = []
    position = text.count
    while position > 0 {
      let step = steps[position]
      if step.token == unknown, let last = path.last, last.token == Int(unknown) {
        path[path.count - 1].range = step.start..<last.range.upperBound
      } else {
        path.append((Int(step.token), step.start..<position))
      }
      position = step.start
    }
    path.reverse()
    return path
  }

  /// Tries all pieces that start at a character, and returns where the next one is.
  private func advance(
    from position: Int, in text: Span<UInt8>, _ steps: inout [Step]
  ) -> Int {
    let length = min(utf8Length(text[position]), text.count - position)
    let best = steps[position].score
    var isCovered = false
    var node = ByteTrie.root
    var end = position
    while end < text.count, let next = trie.child(of: node, text[end]) {
      end += 1
      node = next
      guard let token = trie.value(at: node) else { continue }
      if end - position == length { isCovered = true }
      let score = best + scores[token]
      if score > steps[end].score {
        steps[end] = Step(token: Int32(token), start: position, score: score)
      }
    }
    if !isCovered {
      let score = best + unknownScore
      if score > steps[position + length].score {
        steps[position + length] = Step(token: unknown, start: position, score: score)
      }
    }
    return position + length
  }
}
