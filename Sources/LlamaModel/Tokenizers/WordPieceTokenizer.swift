/// WordPiece: words are cut into the longest pieces from the left, as the BERT models do, whose
/// `tokenizer.ggml.model` is "bert" (M. Schuster and K. Nakajima, "Japanese and Korean Voice
/// Search", 2012; J. Devlin et al., "BERT", 2018).
///
/// A piece that starts a word has U+2581 in front. Case, accents and white space are lost, so that
/// decoding does not give the text back.
public struct WordPieceTokenizer: Tokenizer {
  /// The name in `tokenizer.ggml.model`.
  static let model = "bert"

  /// The pieces and special tokens.
  public let vocabulary: Vocabulary

  private let special: SpecialPieces
  private let trie: ByteTrie

  /// Creates a tokenizer.
  public init(_ vocabulary: Vocabulary) {
    self.vocabulary = vocabulary
    special = SpecialPieces(vocabulary)
    var trie = ByteTrie()
    for token in 0..<vocabulary.count where vocabulary.isText(token) {
      trie.insert(vocabulary.pieces[token], value: Int32(token))
    }
    self.trie = trie
  }

  /// Spaces around punctuation are left out.
  public var joining: PieceJoining { .cleansSpaces }

  /// The tokens of a text.
  public func encode(_ text: String, options: EncodingOptions) -> [Int] {
    special.encode(text, options: options) { plain, _, tokens in
      var word = VisibleSpace.bytes
      var index = 0
      while index < plain.count {
        let (value, length) = CharacterClass.scalar(at: index, in: plain)
        index += length
        guard let scalar = Unicode.Scalar(value) else { continue }
        add(scalar, to: &word, &tokens)
      }
      finish(&word, &tokens)
    }
  }

  /// The bytes that a token adds to a text.
  public func bytes(of token: Int, options: DecodingOptions) -> [UInt8] {
    guard let type = vocabulary.type(of: token) else { return [] }
    let piece = vocabulary.pieces[token]
    switch type {
    case .control, .unknown: return options.contains(.showSpecial) ? Array(piece) : []
    case .userDefined: return Array(piece)
    case .normal, .unused, .byte: return VisibleSpace.unspell(piece)
    }
  }

  /// Adds a character to a word, or starts another one.
  private func add(_ original: Unicode.Scalar, to word: inout [UInt8], _ tokens: inout [Int]) {
    let rules = vocabulary.normalization
    let scalar = rules.stripsAccents ? NormalizationForm.base(of: original) : original
    let kind = CharacterClass.of(scalar.value)
    if kind.isIn(.whitespace) { return finish(&word, &tokens) }
    if scalar == "\u{FFFD}" || rules.stripsAccents && kind == .mark { return }
    if kind == .other, scalar.properties.generalCategory != .unassigned { return }

    let isAlone =
      kind == .punctuation || kind == .symbol && scalar.value < 0x7F
      || Self.isIdeograph(scalar.value)
    if isAlone { finish(&word, &tokens) }
    // Only U+0130 has a mapping of two characters, of which the second is a mark.
    let written =
      rules.lowercases
      ? scalar.properties.lowercaseMapping.unicodeScalars.first ?? scalar : scalar
    word += UTF8.encode(written).map { Array($0) } ?? []
    if isAlone { finish(&word, &tokens) }
  }

  /// Appends the pieces of a word, or the unknown token where they do not make it up.
  private func finish(_ word: inout [UInt8], _ tokens: inout [Int]) {
    guard word.count > VisibleSpace.bytes.count else { return }
    defer { word.removeLast(word.count - VisibleSpace.bytes.count) }
    let start = tokens.count
    var index = 0
    while index < word.count {
      guard let match = trie.longestMatch(in: word.span, at: index) else {
        tokens.removeLast(tokens.count - start)
        if let unknown = vocabulary.specialTokens.unknown { tokens.append(unknown) }
        return
      }
      tokens.append(match.value)
      index += match.length
    }
  }

  /// The blocks whose characters are words of their own. The gap at U+2B820 is that of the models'
  /// own code.
  static func isIdeograph(_ value: UInt32) -> Bool {
    switch value {
    case 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xF900...0xFAFF, 0x20000...0x2A6DF, 0x2A700...0x2B73F,
      0x2B740...0x2B81F, 0x2B920...0x2CEAF, 0x2F800...0x2FA1F:
      true
    default: false
    }
  }
}
