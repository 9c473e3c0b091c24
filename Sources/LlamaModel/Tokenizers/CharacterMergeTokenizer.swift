/// Byte-pair encoding by ranked merges over characters, with bytes for what has no piece: that of
/// Gemma 4, whose `tokenizer.ggml.model` is "gemma4", and of a few models of the kind "gpt2" whose
/// pre-tokenizers ask for it.
public struct CharacterMergeTokenizer: Tokenizer {
  /// The name in `tokenizer.ggml.model`, and of the pre-tokenizer.
  static let model = "gemma4"

  /// The pieces and special tokens.
  public let vocabulary: Vocabulary

  private let preTokenizer: any PreTokenizer
  private let special: SpecialPieces
  private let merges: MergeTable
  /// The token for each byte, or -1.
  private let byteTokens: [Int]
  /// Whether U+2581 stands for a space.
  private let hasVisibleSpaces: Bool
  /// Whether white space between words is left out, for models of the kind "whitespace".
  private let dropsWhitespace: Bool

  /// The kind of models whose pieces have no white space.
  static let whitespaceModel = "whitespace"

  /// Creates a tokenizer.
  public init(_ vocabulary: Vocabulary, preTokenizer: any PreTokenizer) {
    self.vocabulary = vocabulary
    self.preTokenizer = preTokenizer
    dropsWhitespace = vocabulary.model == Self.whitespaceModel
    hasVisibleSpaces = preTokenizer.spelling == .charactersWithVisibleSpaces
    special = SpecialPieces(vocabulary)
    merges = MergeTable(vocabulary)
    byteTokens = (UInt8.min ... .max).map { byte in
      vocabulary.token(for: Vocabulary.piece(ofByte: byte)) ?? -1
    }
  }

  /// Creates a tokenizer that cuts text into lines, as Gemma 4's does.
  public init(_ vocabulary: Vocabulary) {
    self.init(
      vocabulary,
      preTokenizer: StepPreTokenizer(steps: [.lines], spelling: .charactersWithVisibleSpaces))
  }

  /// The tokens of a text.
  public func encode(_ text: String, options: EncodingOptions) -> [Int] {
    var engine = MergeEngine()
    return special.encode(text, options: options) { plain, _, tokens in
      if hasVisibleSpaces {
        let spelled = VisibleSpace.spell(plain)
        encode(spelled.span, &engine, into: &tokens)
      } else if dropsWhitespace, vocabulary.normalization.lowercases {
        encode(Self.lowercased(plain).span, &engine, into: &tokens)
      } else {
        encode(plain, &engine, into: &tokens)
      }
    }
  }

  /// The bytes that a token adds to a text.
  public func bytes(of token: Int, options: DecodingOptions) -> [UInt8] {
    guard let type = vocabulary.type(of: token) else { return [] }
    let piece = vocabulary.pieces[token]
    switch type {
    case .control, .unknown: return options.contains(.showSpecial) ? Array(piece) : []
    case .userDefined: return Array(piece)
    case .byte: return Vocabulary.byte(ofPiece: piece).map { [$0] } ?? []
    case .normal, .unused: return hasVisibleSpaces ? VisibleSpace.unspell(piece) : Array(piece)
    }
  }

  private func encode(
    _ text: Span<UInt8>, _ engine: inout MergeEngine, into tokens: inout [Int]
  ) {
    var ends: [Int] = []
    preTokenizer.split(text, into: &ends)
    var start = 0
    for end in ends {
      let word = start..<end
      start = end
      if dropsWhitespace, CharacterClass.at(word.lowerBound, in: text).kind.isIn(.whitespace) {
        continue
      }
      // Newlines are not merged one by one.
      if hasVisibleSpaces, text[word.lowerBound] == 0x0A,
        let token = vocabulary.pieces.firstIndex(of: text.extracting(word))
      {
        tokens.append(token)
        continue
      }
      engine.removeAll()
      var index = word.lowerBound
      while index < end {
        let next = min(end, index + utf8Length(text[index]))
        engine.append(
          index..<next, piece: vocabulary.mergePiece(for: text.extracting(index..<next)))
        index = next
      }
      engine.merge(by: merges, in: text)
      for symbol in engine.symbols where symbol.end > symbol.start {
        if symbol.piece >= 0, symbol.piece < vocabulary.count {
          tokens.append(Int(symbol.piece))
        } else {
          for index in symbol.start..<symbol.end where byteTokens[Int(text[index])] >= 0 {
            tokens.append(byteTokens[Int(text[index])])
          }
        }
      }
    }
  }

  private static func lowercased(_ text: Span<UInt8>) -> [UInt8] {
    var result: [UInt8] = []
    var index = 0
    while index < text.count {
      let (value, length) = CharacterClass.scalar(at: index, in: text)
      index += length
      guard let scalar = Unicode.Scalar(value) else { continue }
      let written = scalar.properties.lowercaseMapping.unicodeScalars.first ?? scalar
      result += UTF8.encode(written).map { Array($0) } ?? []
    }
    return result
  }
}
