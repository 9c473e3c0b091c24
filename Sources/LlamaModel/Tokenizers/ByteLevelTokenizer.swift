/// Byte-pair encoding by ranked merges over bytes, in words that a pre-tokenizer cuts: that of GPT-2
/// and most models since, whose `tokenizer.ggml.model` is "gpt2" (A. Radford et al., "Language
/// Models are Unsupervised Multitask Learners", 2019).
///
/// Merges never make a control or unknown piece, whatever the vocabulary says: text becomes one only
/// on request.
public struct ByteLevelTokenizer: Tokenizer {
  /// The name in `tokenizer.ggml.model`.
  static let model = "gpt2"

  /// The pieces and special tokens.
  public let vocabulary: Vocabulary

  private let preTokenizer: any PreTokenizer
  private let special: SpecialPieces
  private let merges: MergeTable
  /// The token for each byte, or -1.
  private let byteTokens: [Int32]

  /// Creates a tokenizer.
  public init(_ vocabulary: Vocabulary, preTokenizer: any PreTokenizer) {
    self.vocabulary = vocabulary
    self.preTokenizer = preTokenizer
    special = SpecialPieces(vocabulary)
    merges = MergeTable(vocabulary.merges) { Self.isText(vocabulary.types[$0]) }
    byteTokens = (UInt8.min ... .max).map { byte in
      let piece = ByteLevelAlphabet.standard.spell([byte])
      return Int32(vocabulary.token(for: piece) ?? vocabulary.specialTokens.unknown ?? -1)
    }
  }

  /// Creates a tokenizer with the pre-tokenizer that the vocabulary names.
  ///
  /// - Throws: ``ModelError`` where the vocabulary names none, or one that is not registered.
  public init(_ vocabulary: Vocabulary) throws(ModelError) {
    let known = PreTokenizerRegistry.names.joined(separator: ", ")
    guard let name = vocabulary.preTokenizer else {
      throw ModelError(
        .unsupportedTokenizer,
        "the file does not say how text is cut before BPE; set the key to one of \(known)",
        at: .key(Vocabulary.Key.preTokenizer))
    }
    guard let preTokenizer = PreTokenizerRegistry.preTokenizer(named: name) else {
      throw ModelError(
        .unsupportedTokenizer,
        "there is no pre-tokenizer \"\(name)\"; there are \(known)",
        at: .key(Vocabulary.Key.preTokenizer))
    }
    self.init(vocabulary, preTokenizer: preTokenizer)
  }

  /// The tokens of a text.
  public func encode(_ text: String, options: EncodingOptions) -> [Int] {
    let bytes = Array(text.utf8)
    var tokens: [Int] = []
    tokens.reserveCapacity(bytes.count / 3 + 2)
    if options.contains(.addSpecial), vocabulary.addBOS, let bos = vocabulary.specialTokens.bos {
      tokens.append(bos)
    }
    var engine = MergeEngine()
    for fragment in special.fragments(of: bytes.span, options: options) {
      switch fragment {
      case .piece(let token): tokens.append(token)
      case .text(let range): encode(bytes.span.extracting(range), &engine, into: &tokens)
      }
    }
    if options.contains(.addSpecial), vocabulary.addEOS, let eos = vocabulary.specialTokens.eos {
      tokens.append(eos)
    }
    return tokens
  }

  /// The bytes that a token adds to a text.
  public func bytes(of token: Int, options: DecodingOptions) -> [UInt8] {
    guard let type = vocabulary.type(of: token) else { return [] }
    switch type {
    case .control, .unknown:
      return options.contains(.showSpecial) ? Array(vocabulary.pieces[token]) : []
    case .userDefined: return Array(vocabulary.pieces[token])
    case .normal, .unused, .byte:
      return ByteLevelAlphabet.standard.bytes(of: vocabulary.pieces[token])
    }
  }

  private static func isText(_ type: Vocabulary.PieceType) -> Bool {
    type != .control && type != .unknown
  }

  private func encode(
    _ text: Span<UInt8>, _ engine: inout MergeEngine, into tokens: inout [Int]
  ) {
    var ends: [Int] = []
    ends.reserveCapacity(text.count / 4)
    preTokenizer.split(text, into: &ends)
    var start = 0
    var spelled: [UInt8] = []
    for end in ends {
      let word = start..<end
      start = end
      if preTokenizer.ignoresMerges, let token = wholePiece(text.extracting(word), &spelled) {
        tokens.append(token)
        continue
      }
      engine.removeAll()
      for index in word { engine.append(index..<index + 1, piece: byteTokens[Int(text[index])]) }
      engine.merge(by: merges, in: text)
      for symbol in engine.symbols where symbol.end > symbol.start && symbol.piece >= 0 {
        tokens.append(Int(symbol.piece))
      }
    }
  }

  /// The piece that is a whole word.
  private func wholePiece(_ word: Span<UInt8>, _ spelled: inout [UInt8]) -> Int? {
    spelled.removeAll(keepingCapacity: true)
    for index in word.indices {
      ByteLevelAlphabet.standard.append(word[index], to: &spelled)
    }
    guard let token = vocabulary.pieces.firstIndex(of: spelled.span),
      Self.isText(vocabulary.types[token])
    else { return nil }
    return token
  }
}
