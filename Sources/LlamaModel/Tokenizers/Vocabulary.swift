/// The pieces of text that a model knows, by token: their bytes, scores and types, how to join them,
/// and which of them are special.
///
/// A vocabulary comes from a GGUF file's metadata, or is made in code, which needs no model file:
///
/// ```swift
/// let vocabulary = try Vocabulary.byteFallback(pieces: [(" hello", -1), (" world", -2)])
/// let tokenizer = try TokenizerRegistry.makeTokenizer(vocabulary: vocabulary)
/// ```
///
/// It is checked when it is made: every id is below ``count``, and all lists have one length.
public struct Vocabulary: Sendable, Equatable {
  /// What a piece is for. The raw value is its number in GGUF files.
  public enum PieceType: UInt8, Sendable, CaseIterable {
    /// A piece of text.
    case normal = 1
    /// Stands for text that has no piece.
    case unknown = 2
    /// Steers the model, such as the end of a turn. Text becomes one only on request.
    case control = 3
    /// Text that always is one token, wherever it stands.
    case userDefined = 4
    /// A number without a piece.
    case unused = 5
    /// One byte, of text that has no piece.
    case byte = 6
  }

  /// A piece, for vocabularies made in code.
  public struct Piece: Sendable, Equatable {
    /// The piece as GGUF files spell it: with U+2581 for a space in a SentencePiece vocabulary, and
    /// in GPT-2's alphabet in a byte-level one.
    public var text: String
    /// How early the piece is joined in a SentencePiece vocabulary: the greatest score goes first.
    public var score: Float
    /// What it is for.
    public var type: PieceType

    /// Creates a piece.
    public init(_ text: String, score: Float = 0, type: PieceType = .normal) {
      self.text = text
      self.score = score
      self.type = type
    }
  }

  /// How text is written before it is cut into pieces, where a kind of tokenizer does so.
  public struct Normalization: Sendable, Equatable {
    /// Whether capitals become small letters, in WordPiece.
    public var lowercases: Bool
    /// Whether accents are taken from letters, in WordPiece.
    public var stripsAccents: Bool
    /// Whether runs of spaces become one, and those at the ends none, in Unigram.
    public var removesExtraSpaces: Bool
    /// SentencePiece's compiled table of characters and what they become, in Unigram; empty for
    /// none.
    public var characterMap: [UInt8]

    /// Creates a value.
    public init(
      lowercases: Bool = true, stripsAccents: Bool = true, removesExtraSpaces: Bool = false,
      characterMap: [UInt8] = []
    ) {
      self.lowercases = lowercases
      self.stripsAccents = stripsAccents
      self.removesExtraSpaces = removesExtraSpaces
      self.characterMap = characterMap
    }
  }

  /// Two pieces that BPE joins, and the piece that they make. Numbers from ``Vocabulary/count`` on
  /// are in ``Vocabulary/unlisted``.
  struct Merge: Sendable, Equatable {
    var left: Int32
    var right: Int32
    var result: Int32
  }

  /// The kind of tokenizer that the vocabulary is for, as `tokenizer.ggml.model` names it.
  public let model: String
  /// How text is cut before byte-level BPE, as `tokenizer.ggml.pre` names it.
  public let preTokenizer: String?
  /// The special tokens.
  public let specialTokens: SpecialTokens
  /// The tokens after which a model has finished: ``SpecialTokens/eos``, ``SpecialTokens/eot`` and
  /// others that models use so.
  public let endOfGeneration: Set<Int>
  /// Whether encoding starts with ``SpecialTokens/bos``.
  public let addBOS: Bool
  /// Whether encoding ends with ``SpecialTokens/eos``, or with ``SpecialTokens/separator`` in
  /// WordPiece.
  public let addEOS: Bool
  /// Whether ``SpecialTokens/separator`` stands between two texts that are encoded as a pair.
  public let addSeparator: Bool
  /// Whether encoding puts a space before the text.
  public let addSpacePrefix: Bool
  /// The special tokens that swallow the whitespace after them when they are found in a text.
  public let trimsWhitespaceAfter: Set<Int>
  /// The special tokens that swallow the whitespace before them.
  public let trimsWhitespaceBefore: Set<Int>
  /// How text is written before it is cut.
  public let normalization: Normalization

  let pieces: ByteStringTable
  let scores: [Float]
  let types: [PieceType]
  let merges: [Merge]
  /// What merges make on the way and is no piece.
  let unlisted: ByteStringTable

  /// The number of tokens.
  public var count: Int { pieces.count }

  /// The bytes of a piece as GGUF files spell it; `nil` where there is no such token.
  public func pieceBytes(of token: Int) -> [UInt8]? {
    types.indices.contains(token) ? Array(pieces[token]) : nil
  }

  /// A piece as GGUF files spell it, with U+FFFD in place of what is not UTF-8; `nil` where there is
  /// no such token.
  public func piece(of token: Int) -> String? {
    types.indices.contains(token) ? String(decoding: pieces[token], as: UTF8.self) : nil
  }

  /// The score of a piece; `nil` where there is no such token.
  public func score(of token: Int) -> Float? {
    types.indices.contains(token) ? scores[token] : nil
  }

  /// The type of a piece; `nil` where there is no such token.
  public func type(of token: Int) -> PieceType? {
    types.indices.contains(token) ? types[token] : nil
  }

  /// The token whose piece is spelled `piece`; of equal ones the last.
  public func token(for piece: String) -> Int? { pieces.firstIndex(of: Array(piece.utf8)) }

  /// The token that ends a text.
  var endingToken: Int? {
    model == WordPieceTokenizer.model ? specialTokens.separator : specialTokens.eos
  }

  /// Whether plain text may become a piece; so it is for what is no piece.
  func isText(_ token: Int) -> Bool {
    guard token < count else { return true }
    return types[token] != .control && types[token] != .unknown
  }

  /// The number of a piece in merges, or -1.
  func mergePiece(for piece: Span<UInt8>) -> Int32 {
    if let token = pieces.firstIndex(of: piece) { return Int32(token) }
    return unlisted.firstIndex(of: piece).map { Int32(count + $0) } ?? -1
  }

  /// The number of a piece in merges, or -1.
  func mergePiece(for piece: [UInt8]) -> Int32 { mergePiece(for: piece.span) }

  /// The bytes of what a merge names.
  func mergeBytes(_ piece: Int32) -> [UInt8] {
    Int(piece) < count ? Array(pieces[Int(piece)]) : Array(unlisted[Int(piece) - count])
  }

  /// Whether a model has finished when it gives this token.
  public func isEndOfGeneration(_ token: Int) -> Bool { endOfGeneration.contains(token) }
}
