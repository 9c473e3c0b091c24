/// Byte-pair encoding by scores over characters, with bytes for what has no piece: SentencePiece's
/// BPE, as the models of `tokenizer.ggml.model` "llama" use it (T. Kudo and J. Richardson,
/// "SentencePiece", 2018).
///
/// Spaces are U+2581 in pieces. Neighbours join when their text together is a piece; the piece of
/// the greatest score goes first. Neither control, unknown nor byte pieces are made that way.
public struct SentencePieceTokenizer: Tokenizer {
  /// The name in `tokenizer.ggml.model`.
  static let model = "llama"

  /// The pieces and special tokens.
  public let vocabulary: Vocabulary

  private let special: SpecialPieces
  private let rule: ScoreRule
  /// The token for each byte, or -1.
  private let byteTokens: [Int]
  /// Whether a piece goes on after a space that follows something else. In most vocabularies none
  /// does, and words can be merged one by one.
  private let joinsWords: Bool

  /// Creates a tokenizer.
  public init(_ vocabulary: Vocabulary) {
    self.vocabulary = vocabulary
    special = SpecialPieces(vocabulary)
    let rule = ScoreRule(vocabulary)
    self.rule = rule
    joinsWords = (0..<vocabulary.count).contains { token in
      rule.ranks[token] != .max
        && vocabulary.pieces.withBytes(of: token) { Self.wordEnd(in: $0, from: 0) < $0.count }
    }
    byteTokens = (UInt8.min ... .max).map { byte in
      vocabulary.token(for: Vocabulary.piece(ofByte: byte))
        ?? vocabulary.pieces.firstIndex(of: [byte]) ?? vocabulary.specialTokens.unknown ?? -1
    }
  }

  /// The tokens of a text. Each stretch of plain text gets a space in front, if the vocabulary
  /// asks for it.
  public func encode(_ text: String, options: EncodingOptions) -> [Int] {
    var engine = MergeEngine()
    return special.encode(text, options: options) { plain, followsPiece, tokens in
      let spelled = VisibleSpace.spell(plain, prefix: vocabulary.addSpacePrefix && followsPiece)
      encode(spelled.span, &engine, into: &tokens)
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

  private func encode(
    _ text: Span<UInt8>, _ engine: inout MergeEngine, into tokens: inout [Int]
  ) {
    var cache = WordCache(textCount: text.count)
    var start = 0
    while start < text.count {
      let end = joinsWords ? text.count : Self.wordEnd(in: text, from: start)
      let word = start..<end
      start = end
      guard let hash = cache.append(word, of: text, to: &tokens) else { continue }
      let first = tokens.count
      merge(word, of: text, &engine, into: &tokens)
      cache.insert(word, hash: hash, tokens: first..<tokens.count)
    }
  }

  private func merge(
    _ word: Range<Int>, of text: Span<UInt8>, _ engine: inout MergeEngine, into tokens: inout [Int]
  ) {
    engine.removeAll()
    var index = word.lowerBound
    while index < word.upperBound {
      let next = min(word.upperBound, index + utf8Length(text[index]))
      engine.append(index..<next, piece: -1)
      index = next
    }
    engine.merge(by: rule, in: text)
    for symbol in engine.symbols where symbol.end > symbol.start {
      if symbol.piece >= 0 {
        tokens.append(Int(symbol.piece))
      } else if let piece = rule.piece(symbol.start..<symbol.end, in: text) {
        tokens.append(piece)
      } else {
        for index in symbol.start..<symbol.end where byteTokens[Int(text[index])] >= 0 {
          tokens.append(byteTokens[Int(text[index])])
        }
      }
    }
  }

  /// Where the first U+2581 is that follows something else.
  private static func wordEnd(in text: Span<UInt8>, from start: Int) -> Int {
    var index = start
    var isInWord = false
    while index < text.count {
      let isSpace = VisibleSpace.isAt(index, in: text)
      if isSpace, isInWord { return index }
      if !isSpace { isInWord = true }
      index += isSpace ? 3 : 1
    }
    return index
  }
}

/// Joins neighbours whose text together is a piece, by its score.
private struct ScoreRule: MergeRule, Sendable {
  let pieces: ByteStringTable
  /// The rank of each piece: lower for a greater score, and the greatest number for pieces that
  /// text must not become.
  let ranks: [UInt32]

  init(_ vocabulary: Vocabulary) {
    pieces = vocabulary.pieces
    ranks = zip(vocabulary.scores, vocabulary.types).map { score, type in
      switch type {
      case .control, .unknown, .byte: return .max
      case .normal, .userDefined, .unused: break
      }
      let bits = (score.isNaN ? -.infinity : score + 0).bitPattern
      // Positive floats order as their bits do, negative ones the other way round.
      let rising = bits >> 31 == 0 ? bits | 0x8000_0000 : ~bits
      return ~rising
    }
  }

  func piece(_ range: Range<Int>, in text: Span<UInt8>) -> Int? {
    guard let piece = pieces.firstIndex(of: text.extracting(range)), ranks[piece] != .max
    else { return nil }
    return piece
  }

  func join(_ left: Int32, _ right: Int32, _ range: Range<Int>, in text: Span<UInt8>)
    -> (rank: UInt32, piece: Int32)?
  {
    piece(range, in: text).map { (ranks[$0], Int32($0)) }
  }
}
