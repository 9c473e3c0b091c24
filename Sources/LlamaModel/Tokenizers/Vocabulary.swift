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

  /// Two pieces that byte-level BPE joins, and the piece that they make.
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
  /// Whether encoding ends with ``SpecialTokens/eos``.
  public let addEOS: Bool
  /// Whether encoding puts a space before the text.
  public let addSpacePrefix: Bool
  /// The special tokens that swallow the whitespace after them when they are found in a text.
  public let trimsWhitespaceAfter: Set<Int>

  let pieces: ByteStringTable
  let scores: [Float]
  let types: [PieceType]
  let merges: [Merge]

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

  /// Whether a model has finished when it gives this token.
  public func isEndOfGeneration(_ token: Int) -> Bool { endOfGeneration.contains(token) }
}
