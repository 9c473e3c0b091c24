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

  private static let space: [UInt8] = [0xE2, 0x96, 0x81]

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
      let digits = String(byte, radix: 16, uppercase: true)
      let piece = "<0x\(digits.count == 1 ? "0" : "")\(digits)>"
      return vocabulary.token(for: piece) ?? vocabulary.pieces.firstIndex(of: [byte])
        ?? vocabulary.specialTokens.unknown ?? -1
    }
  }

  /// The tokens of a text. Each stretch of plain text gets a space in front, if the vocabulary
  /// asks for it.
  public func encode(_ text: String, options: EncodingOptions) -> [Int] {
    let bytes = Array(text.utf8)
    var tokens: [Int] = []
    tokens.reserveCapacity(bytes.count / 3 + 2)
    if options.contains(.addSpecial), vocabulary.addBOS, let bos = vocabulary.specialTokens.bos {
      tokens.append(bos)
    }
    var engine = MergeEngine()
    var followsPiece = true
    for fragment in special.fragments(of: bytes.span, options: options) {
      switch fragment {
      case .piece(let token): tokens.append(token)
      case .text(let range):
        let spelled = Self.spell(bytes[range], prefix: vocabulary.addSpacePrefix && followsPiece)
        encode(spelled.span, &engine, into: &tokens)
      }
      if case .piece = fragment { followsPiece = true } else { followsPiece = false }
    }
    if options.contains(.addSpecial), vocabulary.addEOS, let eos = vocabulary.specialTokens.eos {
      tokens.append(eos)
    }
    return tokens
  }

  /// The bytes that a token adds to a text, U+2581 being a space.
  public func bytes(of token: Int, options: DecodingOptions) -> [UInt8] {
    guard let type = vocabulary.type(of: token) else { return [] }
    let piece = vocabulary.pieces[token]
    switch type {
    case .control, .unknown: return options.contains(.showSpecial) ? Array(piece) : []
    case .userDefined: return Array(piece)
    case .byte: return Vocabulary.byte(ofPiece: piece).map { [$0] } ?? []
    case .normal, .unused:
      var result: [UInt8] = []
      result.reserveCapacity(piece.count)
      var index = piece.startIndex
      while index < piece.endIndex {
        if piece[index...].starts(with: Self.space) {
          result.append(0x20)
          index += Self.space.count
        } else {
          result.append(piece[index])
          index += 1
        }
      }
      return result
    }
  }

  /// Writes U+2581 for each space.
  private static func spell(_ text: ArraySlice<UInt8>, prefix: Bool) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(text.count + text.count / 2 + 3)
    if prefix { result += space }
    for byte in text {
      if byte == 0x20 { result += space } else { result.append(byte) }
    }
    return result
  }

  private func encode(
    _ text: Span<UInt8>, _ engine: inout MergeEngine, into tokens: inout [Int]
  ) {
    var start = 0
    while start < text.count {
      let end = joinsWords ? text.count : Self.wordEnd(in: text, from: start)
      engine.removeAll()
      var index = start
      while index < end {
        let next = min(end, index + utf8Length(text[index]))
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
      start = end
    }
  }

  /// Where the first U+2581 is that follows something else.
  private static func wordEnd(in text: Span<UInt8>, from start: Int) -> Int {
    var index = start
    var isInWord = false
    while index < text.count {
      let isSpace =
        text[index] == space[0] && index + 2 < text.count && text[index + 1] == space[1]
        && text[index + 2] == space[2]
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

/// The length of the UTF-8 sequence that a byte starts; 1 where it starts none.
@inline(__always)
func utf8Length(_ lead: UInt8) -> Int {
  switch lead {
  case 0xC2...0xDF: 2
  case 0xE0...0xEF: 3
  case 0xF0...0xF4: 4
  default: 1
  }
}
