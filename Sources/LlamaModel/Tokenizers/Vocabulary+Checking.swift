extension Vocabulary {
  /// The most pieces that a vocabulary may have: several times the largest in use.
  static let maximumCount = 1 << 24

  /// What a vocabulary is made of, before it is checked.
  struct Parts {
    var model: String
    var preTokenizer: String?
    var pieces: ByteStringTable
    var scores: [Float]
    var types: [PieceType]
    var merges: [Merge] = []
    var unlisted = ByteStringTable()
    var specialTokens = SpecialTokens()
    var addBOS = false
    var addEOS = false
    var addSeparator = false
    var addSpacePrefix = false
    var trimsWhitespaceAfter: Set<Int> = []
    var trimsWhitespaceBefore: Set<Int> = []
    var normalization = Normalization()
  }

  /// Creates a vocabulary in code.
  ///
  /// - Parameters:
  ///   - model: The kind of tokenizer: "llama" for SentencePiece BPE, "gpt2" for byte-level BPE,
  ///     "bert" for WordPiece, "t5" for Unigram, or another that is registered with
  ///     ``TokenizerRegistry``.
  ///   - preTokenizer: How text is cut before byte-level BPE.
  ///   - pieces: The pieces; their tokens are their positions.
  ///   - merges: The pairs of pieces that byte-level BPE joins, the best first.
  ///   - specialTokens: The special tokens. Those for the end of a turn and for filling gaps are
  ///     recognised by their pieces where they are not given.
  ///   - addBOS: Whether encoding starts with the `bos` token.
  ///   - addEOS: Whether encoding ends with the `eos` token.
  ///   - addSpacePrefix: Whether encoding puts a space before the text.
  ///   - normalization: How text is written before it is cut.
  /// - Throws: ``ModelError`` that names the metadata key of what is wrong.
  public init(
    model: String,
    preTokenizer: String? = nil,
    pieces: [Piece],
    merges: [(left: String, right: String)] = [],
    specialTokens: SpecialTokens = SpecialTokens(),
    addBOS: Bool = false,
    addEOS: Bool = false,
    addSpacePrefix: Bool = false,
    normalization: Normalization = Normalization()
  ) throws(ModelError) {
    var table = ByteStringTable(capacity: pieces.count)
    for piece in pieces { table.append(Array(piece.text.utf8).span) }
    table.buildIndex()
    var parts = Parts(
      model: model, preTokenizer: preTokenizer, pieces: table, scores: pieces.map(\.score),
      types: pieces.map(\.type), specialTokens: specialTokens, addBOS: addBOS, addEOS: addEOS,
      addSpacePrefix: addSpacePrefix, normalization: normalization)
    var resolver = MergeResolver(pieces: table)
    for (left, right) in merges {
      parts.merges.append(resolver.resolve(Array(left.utf8).span, Array(right.utf8).span))
    }
    parts.unlisted = resolver.unlisted()
    try self.init(parts)
  }

  /// Checks the parts and finds the special tokens that are known by their pieces.
  init(_ parts: Parts) throws(ModelError) {
    let count = parts.pieces.count
    try Self.check(count: count)
    for (key, listCount, name) in [
      (Key.scores, parts.scores.count, "scores"), (Key.types, parts.types.count, "types"),
    ] where listCount != count {
      throw ModelError(
        .invalidConfiguration,
        "the vocabulary has \(count) pieces but \(listCount) \(name); there must be one for each",
        at: .key(key))
    }
    for (key, path) in SpecialTokens.keyed {
      guard let token = parts.specialTokens[keyPath: path] else { continue }
      guard (0..<count).contains(token) else {
        throw ModelError(
          .invalidConfiguration,
          "the token \(token) is outside the vocabulary of \(count) pieces", at: .key(key))
      }
    }
    for token in 0..<count where parts.types[token] == .byte {
      guard Self.byte(ofPiece: parts.pieces[token]) != nil else {
        throw ModelError(
          .invalidConfiguration,
          "piece \(token) is of type byte but is not spelled as one, <0x00> to <0xFF>",
          at: .key(Key.types))
      }
    }

    var special = parts.specialTokens
    var types = parts.types
    Self.recognise(&special, &types, in: parts.pieces)
    model = parts.model
    preTokenizer = parts.preTokenizer
    specialTokens = special
    endOfGeneration = Self.endOfGeneration(special, &types, in: parts.pieces)
    addBOS = parts.addBOS
    addEOS = parts.addEOS
    addSeparator = parts.addSeparator
    addSpacePrefix = parts.addSpacePrefix
    trimsWhitespaceAfter = parts.trimsWhitespaceAfter
    trimsWhitespaceBefore = parts.trimsWhitespaceBefore
    normalization = parts.normalization
    pieces = parts.pieces
    scores = parts.scores
    self.types = types
    merges = parts.merges
    unlisted = parts.unlisted
  }

  /// Checks the number of pieces.
  static func check(count: Int) throws(ModelError) {
    guard count > 0 else {
      throw ModelError(
        .invalidConfiguration, "the vocabulary has no pieces", at: .key(Key.tokens))
    }
    guard count <= maximumCount else {
      throw ModelError(
        .invalidConfiguration, "the vocabulary has \(count) pieces; the limit is 2^24",
        at: .key(Key.tokens))
    }
  }

  /// Finds special tokens by their pieces where they are not given. What is found steers the model,
  /// so it becomes a control piece.
  private static func recognise(
    _ special: inout SpecialTokens, _ types: inout [PieceType], in pieces: ByteStringTable
  ) {
    for (path, texts) in SpecialTokens.recognised where special[keyPath: path] == nil {
      let found = texts.lazy.compactMap { pieces.firstIndex(of: Array($0.utf8)) }.first
      guard let found else { continue }
      special[keyPath: path] = found
      types[found] = .control
    }
  }

  private static func endOfGeneration(
    _ special: SpecialTokens, _ types: inout [PieceType], in pieces: ByteStringTable
  ) -> Set<Int> {
    var tokens = Set(
      [
        special.eos, special.eot, special.eom, special.fimPadding, special.fimRepository,
        special.fimSeparator,
      ].compactMap(\.self))
    var found: [String: Int] = [:]
    for text in SpecialTokens.endingTexts {
      guard let token = pieces.firstIndex(of: Array(text.utf8)) else { continue }
      found[text] = token
      tokens.insert(token)
      types[token] = .control
    }
    // Where these pairs exist, <|end|> only ends one of several messages of an answer.
    let hasCall = found["<|call|>"] != nil || found["<|calls|>"] != nil
    if hasCall, found["<|return|>"] != nil || found["<|flush|>"] != nil,
      let end = found["<|end|>"]
    {
      tokens.remove(end)
      types[end] = .userDefined
    }
    // Gemma 4 and PLaMo have a normal piece of this spelling.
    let hasNormalEnd =
      found["<|tool_response>"] != nil
      || pieces.firstIndex(of: Array("<|plamo:eos|>".utf8)).map { tokens.contains($0) } ?? false
    if hasNormalEnd, let end = found["</s>"] {
      tokens.remove(end)
      types[end] = .normal
    }
    // The channels of gpt-oss are part of what it says.
    for text in SpecialTokens.channelTexts {
      if let token = pieces.firstIndex(of: Array(text.utf8)) { types[token] = .userDefined }
    }
    return tokens
  }

  /// The byte that a byte piece, `<0x00>` to `<0xFF>`, stands for.
  static func byte(ofPiece piece: ArraySlice<UInt8>) -> UInt8? {
    guard piece.count == 6, piece.starts(with: "<0x".utf8), piece.last == UInt8(ascii: ">")
    else { return nil }
    return UInt8(String(decoding: piece.dropFirst(3).dropLast(), as: UTF8.self), radix: 16)
  }

  /// The spelling of a byte piece.
  static func piece(ofByte byte: UInt8) -> String {
    let digits = String(byte, radix: 16, uppercase: true)
    return "<0x\(digits.count == 1 ? "0" : "")\(digits)>"
  }
}

/// Finds the pieces of merges, and numbers those that the vocabulary lacks: merging goes through
/// them, as in llama.cpp.
struct MergeResolver {
  let pieces: ByteStringTable
  private var others = ByteStringTable()
  private var numbers: [[UInt8]: Int32] = [:]

  /// What pieces that do not start a word have in front, and lose when they are joined.
  private let continuingPrefix: [UInt8]

  init(pieces: ByteStringTable, continuingPrefix: [UInt8] = []) {
    self.pieces = pieces
    self.continuingPrefix = continuingPrefix
  }

  /// What the merges name and the vocabulary lacks.
  func unlisted() -> ByteStringTable {
    var others = others
    if others.count > 0 { others.buildIndex() }
    return others
  }

  mutating func resolve(_ left: Span<UInt8>, _ right: Span<UInt8>) -> Vocabulary.Merge {
    var joined: [UInt8] = []
    joined.reserveCapacity(left.count + right.count)
    for index in left.indices { joined.append(left[index]) }
    let skipped =
      right.count >= continuingPrefix.count
        && continuingPrefix.indices.allSatisfy { right[$0] == continuingPrefix[$0] }
      ? continuingPrefix.count : 0
    for index in skipped..<right.count { joined.append(right[index]) }
    return Vocabulary.Merge(
      left: number(of: left), right: number(of: right), result: number(of: joined.span))
  }

  private mutating func number(of piece: Span<UInt8>) -> Int32 {
    if let token = pieces.firstIndex(of: piece) { return Int32(token) }
    let bytes = piece.indices.map { piece[$0] }
    if let number = numbers[bytes] { return number }
    let number = Int32(pieces.count + others.count)
    numbers[bytes] = number
    others.append(piece)
    return number
  }
}
