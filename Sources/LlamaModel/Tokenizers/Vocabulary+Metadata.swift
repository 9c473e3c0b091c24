public import GGUFKit

extension Vocabulary {
  /// The keys that hold a vocabulary in a GGUF file.
  enum Key {
    static let model = "tokenizer.ggml.model"
    static let preTokenizer = "tokenizer.ggml.pre"
    static let tokens = "tokenizer.ggml.tokens"
    static let scores = "tokenizer.ggml.scores"
    static let types = "tokenizer.ggml.token_type"
    static let merges = "tokenizer.ggml.merges"
    static let addBOS = "tokenizer.ggml.add_bos_token"
    static let addEOS = "tokenizer.ggml.add_eos_token"
    static let addSeparator = "tokenizer.ggml.add_sep_token"
    static let addSpacePrefix = "tokenizer.ggml.add_space_prefix"
    static let removeExtraSpaces = "tokenizer.ggml.remove_extra_whitespaces"
    static let characterMap = "tokenizer.ggml.precompiled_charsmap"
    static let lowercase = "tokenizer.ggml.normalizer.lowercase"
    static let stripAccents = "tokenizer.ggml.normalizer.strip_accents"
    static let classification = "tokenizer.ggml.cls_token_id"
  }

  /// Reads the vocabulary of a GGUF file.
  ///
  /// Scores and types may be missing: all scores are then 0, and all pieces normal. Special tokens
  /// that the file does not name have the defaults of its kind of tokenizer.
  ///
  /// - Throws: ``ModelError`` of code ``ModelError/Code/invalidConfiguration`` that names the key
  ///   of what is missing or makes no sense.
  public init(metadata: GGUFMetadata) throws(ModelError) {
    let model: String = try Self.value(.tokenizerModel, in: metadata)
    let texts: GGUFStringArray = try Self.value(.tokens, in: metadata)
    try Self.check(count: texts.count)
    guard texts.totalByteCount <= ByteStringTable.maximumByteCount else {
      throw ModelError(
        .invalidConfiguration, "the vocabulary's pieces have more than 256 MiB",
        at: .key(Key.tokens))
    }
    var pieces = ByteStringTable(capacity: texts.count, byteCapacity: texts.totalByteCount)
    for index in texts.indices { texts.withBytes(at: index) { pieces.append($0) } }
    pieces.buildIndex()

    let preTokenizer: String? = try Self.optional(.preTokenizer, in: metadata)
    let defaults = Defaults(model: model, preTokenizer: preTokenizer)
    var parts = Parts(
      model: model, preTokenizer: preTokenizer, pieces: pieces,
      scores: try Self.optional(.tokenScores, in: metadata)
        ?? Array(repeating: 0, count: pieces.count),
      types: try Self.types(in: metadata, count: pieces.count))
    (parts.merges, parts.unlisted) = try Self.merges(in: metadata, pieces)
    parts.specialTokens = try Self.specialTokens(in: metadata, defaults, count: pieces.count)
    parts.addBOS =
      defaults.alwaysAddsBOS
      ? true : try Self.optional(.addsBeginningToken, in: metadata) ?? defaults.addBOS
    parts.addEOS =
      defaults.alwaysAddsEOS
      ? true : try Self.optional(.addsEndToken, in: metadata) ?? defaults.addEOS
    parts.addSeparator =
      try Self.optional(MetadataKey<Bool>(Key.addSeparator), in: metadata) ?? defaults.addSeparator
    parts.addSpacePrefix =
      try Self.optional(.addsSpacePrefix, in: metadata) ?? defaults.addSpacePrefix
    parts.normalization = try Self.normalization(in: metadata)
    Self.setTrimming(of: &parts, metadata)
    try self.init(parts)
  }

  private static func value<T>(
    _ key: MetadataKey<T>, in metadata: GGUFMetadata
  ) throws(ModelError) -> T {
    do {
      return try metadata.value(key)
    } catch {
      throw ModelError(.invalidConfiguration, error.message, at: .key(key.name))
    }
  }

  private static func optional<T>(
    _ key: MetadataKey<T>, in metadata: GGUFMetadata
  ) throws(ModelError) -> T? {
    metadata[key.name] == nil ? nil : try value(key, in: metadata)
  }

  private static func types(
    in metadata: GGUFMetadata, count: Int
  ) throws(ModelError) -> [PieceType] {
    guard let numbers: [Int] = try optional(.tokenTypes, in: metadata) else {
      return Array(repeating: .normal, count: count)
    }
    var types: [PieceType] = []
    types.reserveCapacity(numbers.count)
    for number in numbers {
      // Numbers outside the table have been seen in files, and mean nothing.
      types.append(UInt8(exactly: number).flatMap { PieceType(rawValue: $0) } ?? .normal)
    }
    return types
  }

  private static func merges(
    in metadata: GGUFMetadata, _ pieces: ByteStringTable
  ) throws(ModelError) -> (merges: [Merge], unlisted: ByteStringTable) {
    guard let lines: GGUFStringArray = try optional(.merges, in: metadata) else {
      return ([], ByteStringTable())
    }
    var resolver = MergeResolver(pieces: pieces)
    var merges: [Merge] = []
    merges.reserveCapacity(lines.count)
    for index in lines.indices {
      let isMerge = lines.withBytes(at: index) { line in
        // The first piece has at least one byte, which may be a space.
        guard let space = (1..<max(1, line.count)).first(where: { line[$0] == 0x20 }) else {
          return false
        }
        merges.append(
          resolver.resolve(
            line.extracting(0..<space), line.extracting(space + 1..<line.count)))
        return true
      }
      guard isMerge else {
        throw ModelError(
          .invalidConfiguration, "merge \(index) does not consist of two pieces",
          at: .key(Key.merges))
      }
    }
    return (merges, resolver.unlisted())
  }

  private static func specialTokens(
    in metadata: GGUFMetadata, _ defaults: Defaults, count: Int
  ) throws(ModelError) -> SpecialTokens {
    var tokens = defaults.specialTokens(count: count)
    if defaults.startsWithClassification,
      let token: Int = try optional(MetadataKey<Int>(Key.classification), in: metadata)
    {
      tokens.bos = token
    }
    for (key, path) in SpecialTokens.keyed {
      // All ones mean that there is no such token.
      if let number = metadata[key]?.integer(as: Int64.self), [-1, 0xFFFF_FFFF].contains(number) {
        tokens[keyPath: path] = nil
      } else if let token: Int = try optional(MetadataKey<Int>(key), in: metadata) {
        tokens[keyPath: path] = token
      }
    }
    return tokens
  }

  private static func normalization(
    in metadata: GGUFMetadata
  ) throws(ModelError) -> Normalization {
    var normalization = Normalization()
    normalization.lowercases =
      try optional(MetadataKey<Bool>(Key.lowercase), in: metadata)
      ?? (metadata[MetadataKey<String>.preTokenizer] != CharacterMergeTokenizer.whitespaceModel)
    normalization.stripsAccents =
      try optional(MetadataKey<Bool>(Key.stripAccents), in: metadata)
      ?? normalization.lowercases
    normalization.removesExtraSpaces =
      try optional(MetadataKey<Bool>(Key.removeExtraSpaces), in: metadata) ?? false
    switch metadata[Key.characterMap] {
    case nil: break
    case .array(.uint8(let bytes)): normalization.characterMap = bytes
    case .array(.int8(let bytes)):
      normalization.characterMap = bytes.map { UInt8(bitPattern: $0) }
    default:
      throw ModelError(
        .invalidConfiguration, "the table of characters is not an array of bytes",
        at: .key(Key.characterMap))
    }
    return normalization
  }

  /// The special tokens that swallow whitespace, of which GGUF says nothing: as llama.cpp does, go by
  /// the names of the models that have such.
  private static func setTrimming(of parts: inout Parts, _ metadata: GGUFMetadata) {
    func token(_ text: String) -> Int? { parts.pieces.firstIndex(of: Array(text.utf8)) }
    let name = metadata[MetadataKey<String>.name]?.lowercased() ?? ""
    let architecture = metadata[MetadataKey<String>.architecture] ?? ""
    let cutter = parts.preTokenizer ?? ""
    if ["jina-v2-de", "jina-v2-es", "jina-v2-code"].contains(where: { cutter.contains($0) })
      || ["nomic-bert-moe", "jina-bert-v3"].contains(where: { architecture.contains($0) })
    {
      parts.trimsWhitespaceBefore = Set([token("<mask>")].compactMap(\.self))
    } else if name.contains("phi-3") || name.contains("phi3") {
      let special: Set<PieceType> = [.control, .userDefined, .unknown]
      let exceptions = ["<unk>", "<s>", "<|endoftext|>"].compactMap(token)
      parts.trimsWhitespaceAfter = Set(
        parts.types.indices.filter { special.contains(parts.types[$0]) }
      ).subtracting(exceptions)
    } else if name.contains("modern-bert") {
      parts.trimsWhitespaceBefore = Set([token("[MASK]")].compactMap(\.self))
    }
  }
}

extension Vocabulary {
  /// Writes the vocabulary into a GGUF file's metadata, so that ``init(metadata:)`` reads an equal
  /// one.
  ///
  /// Only ``trimsWhitespaceAfter`` and ``trimsWhitespaceBefore`` are not kept: they have no key, and
  /// follow from the model's name.
  public func write(into metadata: inout GGUFMetadata) {
    metadata[.tokenizerModel] = model
    metadata[.preTokenizer] = preTokenizer
    var texts = GGUFStringArray()
    for token in 0..<count { texts.append(GGUFString(slice: pieces[token])) }
    metadata[.tokens] = texts
    metadata[.tokenScores] = scores
    metadata[.tokenTypes] = types.map { Int($0.rawValue) }
    if merges.isEmpty {
      metadata[Key.merges] = nil
    } else {
      var lines = GGUFStringArray()
      for merge in merges {
        lines.append(
          GGUFString(bytes: mergeBytes(merge.left) + [0x20] + mergeBytes(merge.right)))
      }
      metadata[.merges] = lines
    }
    for (key, path) in SpecialTokens.keyed where !SpecialTokens.isOld(key) {
      metadata[MetadataKey<Int>(key)] = specialTokens[keyPath: path]
    }
    metadata[.addsBeginningToken] = addBOS
    metadata[.addsEndToken] = addEOS
    metadata[.addsSpacePrefix] = addSpacePrefix
    metadata[MetadataKey<Bool>(Key.addSeparator)] = addSeparator
    metadata[MetadataKey<Bool>(Key.lowercase)] = normalization.lowercases
    metadata[MetadataKey<Bool>(Key.stripAccents)] = normalization.stripsAccents
    metadata[MetadataKey<Bool>(Key.removeExtraSpaces)] = normalization.removesExtraSpaces
    metadata[Key.characterMap] =
      normalization.characterMap.isEmpty ? nil : .array(.uint8(normalization.characterMap))
  }
}
