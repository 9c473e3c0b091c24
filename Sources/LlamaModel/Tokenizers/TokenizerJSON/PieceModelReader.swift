/// Reads the `model` of a `tokenizer.json`, and makes the vocabulary.
struct PieceModelReader {
  let vocabulary: Vocabulary
  private let json: JSONDocument
  private let type: String
  private let isByteLevel: Bool
  private let scores: [Double]
  private let unknown: Int?
  /// How many numbers may be without a piece, beside as many as there are pieces.
  private static let maximumGap = 1 << 16
  /// The tokens that words are not made of: those that text becomes only on request, and those that
  /// are added to the model's own pieces.
  private let excluded: Set<Int>

  init(
    _ json: JSONDocument?, added: [AddedTokens.Token], isByteLevel: Bool,
    frame: (start: [Int], end: [Int]), decoding: PieceDecoding
  ) throws(ModelError) {
    guard let json, case .object = json else {
      throw ModelError(.invalidConfiguration, "the file has no model")
    }
    self.json = json
    // Older files name no type.
    type = json["type"]?.string ?? (json["merges"] != nil ? "BPE" : "WordPiece")
    self.isByteLevel = isByteLevel
    var pieces: [[UInt8]?] = []
    var scores: [Double] = []
    let entryCount = max(json["vocab"]?.array?.count ?? 0, json["vocab"]?.members?.count ?? 0)
    if type == "Unigram" {
      for entry in json["vocab"]?.array ?? [] {
        guard let pair = entry.array, pair.count == 2, let piece = pair[0].bytes,
          let score = pair[1].number
        else { throw ModelError(.invalidConfiguration, "a piece is not a text with a score") }
        pieces.append(piece)
        scores.append(score)
      }
    } else {
      for (piece, id) in json["vocab"]?.members ?? [] {
        guard let id = id.int, (0...2 * entryCount + Self.maximumGap).contains(id) else {
          throw ModelError(.invalidConfiguration, "a piece has no proper number")
        }
        while pieces.count <= id { pieces.append(nil) }
        pieces[id] = piece
      }
    }
    self.scores = scores
    let unknown: Int? =
      if let id = json["unk_id"]?.int {
        id
      } else if let text = json["unk_token"]?.bytes {
        pieces.firstIndex(of: text) ?? added.first { $0.content == text }?.id
      } else {
        nil
      }
    self.unknown = unknown
    let largest = added.map(\.id).max() ?? 0
    guard max(largest, pieces.count) <= 2 * (entryCount + added.count) + Self.maximumGap else {
      throw ModelError(.invalidConfiguration, "the numbers of the pieces leave too large gaps")
    }
    // Models that find pieces by their spelling must not find those that only a request makes. One
    // that must stand alone is a piece like any other within a word.
    let findsWhole = type == "Unigram" || type == "WordLevel"
    var excluded = Set(
      added.filter { findsWhole && $0.isSpecial && !$0.isSingleWord }.map(\.id))
    for token in added {
      while pieces.count <= token.id { pieces.append(nil) }
      if pieces[token.id] == nil {
        pieces[token.id] = token.content
        excluded.insert(token.id)
      }
    }
    self.excluded = excluded
    vocabulary = try Self.vocabulary(
      json, pieces: pieces, scores: scores, added: added, unknown: unknown,
      name: isByteLevel ? ByteLevelTokenizer.model : type.lowercased(), frame: frame,
      dropsFirstSpace: decoding.dropsFirstSpace)
  }

  private static func vocabulary(
    _ json: JSONDocument, pieces: [[UInt8]?], scores: [Double], added: [AddedTokens.Token],
    unknown: Int?, name: String, frame: (start: [Int], end: [Int]), dropsFirstSpace: Bool
  ) throws(ModelError) -> Vocabulary {
    var table = ByteStringTable(capacity: pieces.count)
    var byteCount = 0
    for piece in pieces {
      byteCount += piece?.count ?? 0
      guard byteCount <= ByteStringTable.maximumByteCount else {
        throw ModelError(.invalidConfiguration, "the vocabulary's pieces have more than 256 MiB")
      }
      let bytes = piece ?? []
      table.append(bytes.span)
    }
    table.buildIndex()
    var types = pieces.map { $0 == nil ? Vocabulary.PieceType.unused : .normal }
    if json["byte_fallback"]?.bool ?? false {
      for (token, piece) in pieces.enumerated() {
        if let piece, Vocabulary.byte(ofPiece: piece[...]) != nil { types[token] = .byte }
      }
    }
    for token in added { types[token.id] = token.isSpecial ? .control : .userDefined }
    if let unknown, types.indices.contains(unknown) { types[unknown] = .unknown }
    var parts = Vocabulary.Parts(
      model: name, preTokenizer: nil, pieces: table,
      scores: types.indices.map { scores.indices.contains($0) ? Float(scores[$0]) : 0 },
      types: types)
    (parts.merges, parts.unlisted) = try Self.merges(json, table)
    parts.specialTokens = SpecialTokens(
      bos: frame.start.first, eos: frame.end.last, unknown: unknown)
    parts.addBOS = !frame.start.isEmpty
    parts.addEOS = !frame.end.isEmpty
    parts.addSpacePrefix = dropsFirstSpace
    return try Vocabulary(parts)
  }

  private static func merges(
    _ json: JSONDocument, _ pieces: ByteStringTable
  ) throws(ModelError) -> (merges: [Vocabulary.Merge], unlisted: ByteStringTable) {
    var resolver = MergeResolver(
      pieces: pieces, continuingPrefix: json["continuing_subword_prefix"]?.bytes ?? [])
    var merges: [Vocabulary.Merge] = []
    for (number, merge) in (json["merges"]?.array ?? []).enumerated() {
      let pair: [[UInt8]] =
        if let line = merge.bytes {
          line.split(separator: 0x20, omittingEmptySubsequences: false).map { Array($0) }
        } else {
          merge.array?.compactMap(\.bytes) ?? []
        }
      guard pair.count == 2 else {
        throw ModelError(.invalidConfiguration, "merge \(number) does not consist of two pieces")
      }
      let (left, right) = (pair[0], pair[1])
      merges.append(resolver.resolve(left.span, right.span))
    }
    return (merges, resolver.unlisted())
  }

  /// The model.
  func model() throws(ModelError) -> PieceModel {
    let byteTokens: [Int]? =
      json["byte_fallback"]?.bool ?? false
      ? (UInt8.min ... .max).map { vocabulary.token(for: Vocabulary.piece(ofByte: $0)) ?? -1 } : nil
    switch type {
    case "BPE":
      let bytePieces: [Int32]? =
        isByteLevel
        ? (UInt8.min ... .max).map {
          let token = vocabulary.token(for: ByteLevelAlphabet.standard.spell([$0])) ?? -1
          return excluded.contains(token) ? -1 : Int32(token)
        } : nil
      return .bpe(
        BPEModel(
          merges: MergeTable(vocabulary) { !excluded.contains($0) }, bytePieces: bytePieces,
          words: json["ignore_merges"]?.bool ?? false ? words() : nil, unknown: unknown,
          fusesUnknown: json["fuse_unk"]?.bool ?? false, byteTokens: byteTokens,
          excluded: excluded, continuingPrefix: json["continuing_subword_prefix"]?.bytes ?? [],
          wordSuffix: json["end_of_word_suffix"]?.bytes ?? []))
    case "WordPiece":
      return .wordPiece(
        WordPieceModel(
          vocabulary, excluded: excluded,
          prefix: json["continuing_subword_prefix"]?.bytes ?? Array("##".utf8),
          unknown: unknown, maximumCharacters: json["max_input_chars_per_word"]?.int ?? 100))
    case "Unigram":
      return .unigram(
        UnigramModel(
          lattice: UnigramLattice(
            pieces: vocabulary.pieces, scores: scores, special: excluded, unknown: unknown),
          unknown: unknown, byteTokens: byteTokens))
    case "WordLevel": return .wordLevel(excluded: excluded, unknown: unknown)
    default:
      throw ModelError(.unsupportedTokenizer, "the model \"\(type)\" is not supported")
    }
  }

  /// The pieces as the bytes that they spell.
  private func words() -> ByteStringTable {
    var words = ByteStringTable(capacity: vocabulary.count)
    for token in 0..<vocabulary.count {
      let piece = excluded.contains(token) ? [] : vocabulary.pieces[token]
      let word = isByteLevel ? ByteLevelAlphabet.standard.bytes(of: piece) : Array(piece)
      words.append(word.span)
    }
    words.buildIndex()
    return words
  }
}
