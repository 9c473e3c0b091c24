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
  /// The piece for each byte, or -1.
  private let bytePieces: [Int32]
  /// The pieces as the bytes that they spell.
  private let words: ByteStringTable

  /// Creates a tokenizer.
  public init(_ vocabulary: Vocabulary, preTokenizer: any PreTokenizer) {
    self.vocabulary = vocabulary
    self.preTokenizer = preTokenizer
    special = SpecialPieces(vocabulary)
    merges = MergeTable(vocabulary)
    bytePieces = (UInt8.min ... .max).map { byte in
      vocabulary.mergePiece(for: Array(ByteLevelAlphabet.standard.spell([byte]).utf8))
    }
    var words = ByteStringTable(capacity: preTokenizer.ignoresMerges ? vocabulary.count : 0)
    if preTokenizer.ignoresMerges {
      for token in 0..<vocabulary.count {
        // Text becomes no special piece, so these are spelled as nothing.
        let word =
          vocabulary.isText(token)
          ? ByteLevelAlphabet.standard.bytes(of: vocabulary.pieces[token]) : []
        words.append(word.span)
      }
      words.buildIndex()
    }
    self.words = words
  }

  /// Creates a tokenizer with the pre-tokenizer that the vocabulary names.
  ///
  /// - Throws: ``ModelError`` where the vocabulary names one that is not registered.
  public init(_ vocabulary: Vocabulary) throws(ModelError) {
    self.init(vocabulary, preTokenizer: try PreTokenizerRegistry.preTokenizer(of: vocabulary))
  }

  /// The tokens of a text. Bytes that the vocabulary has no piece for are left out.
  public func encode(_ text: String, options: EncodingOptions) -> [Int] {
    var engine = MergeEngine()
    var ends: [Int] = []
    return special.encode(text, options: options) { plain, _, tokens in
      encode(plain, &engine, &ends, into: &tokens)
    }
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

  private func encode(
    _ text: Span<UInt8>, _ engine: inout MergeEngine, _ ends: inout [Int], into tokens: inout [Int]
  ) {
    ends.removeAll(keepingCapacity: true)
    preTokenizer.split(text, into: &ends)
    var cache = WordCache(textCount: text.count)
    var start = 0
    for end in ends {
      let word = start..<end
      start = end
      if preTokenizer.ignoresMerges, let token = words.firstIndex(of: text.extracting(word)) {
        tokens.append(token)
        continue
      }
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
    for index in word { engine.append(index..<index + 1, piece: bytePieces[Int(text[index])]) }
    engine.merge(by: merges, in: text)
    for symbol in engine.symbols where symbol.end > symbol.start && symbol.piece >= 0 {
      if symbol.piece < vocabulary.count {
        tokens.append(Int(symbol.piece))
      } else {
        appendBytes(text, symbol.start..<symbol.end, to: &tokens)
      }
    }
  }

  /// Appends the tokens of the bytes in a piece that the vocabulary lacks. As in llama.cpp, only
  /// those that are spelled as one byte are found.
  private func appendBytes(_ text: Span<UInt8>, _ range: Range<Int>, to tokens: inout [Int]) {
    for index in range where (0x21...0x7E).contains(text[index]) {
      let piece = Int(bytePieces[Int(text[index])])
      if (0..<vocabulary.count).contains(piece) { tokens.append(piece) }
    }
  }
}
