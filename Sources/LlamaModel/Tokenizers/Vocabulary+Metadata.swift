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
    static let addSpacePrefix = "tokenizer.ggml.add_space_prefix"
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

    let isSentencePiece = model == SentencePieceTokenizer.model
    let preTokenizer: String? = try Self.optional(.preTokenizer, in: metadata)
    let cutter = preTokenizer.flatMap { PreTokenizerRegistry.preTokenizer(named: $0) }
    var parts = Parts(
      model: model, preTokenizer: preTokenizer, pieces: pieces,
      scores: try Self.optional(.tokenScores, in: metadata)
        ?? Array(repeating: 0, count: pieces.count),
      types: try Self.types(in: metadata, count: pieces.count))
    parts.merges = try Self.merges(in: metadata, pieces)
    parts.specialTokens = try Self.specialTokens(
      in: metadata, isSentencePiece: isSentencePiece, count: pieces.count)
    parts.addBOS =
      try Self.optional(.addsBeginningToken, in: metadata)
      ?? (isSentencePiece || cutter?.addsBOS ?? false)
    parts.addEOS = try Self.optional(.addsEndToken, in: metadata) ?? false
    parts.addSpacePrefix = try Self.optional(.addsSpacePrefix, in: metadata) ?? isSentencePiece
    if let name = metadata[MetadataKey<String>.name] {
      parts.trimsWhitespaceAfter = Self.trimsWhitespaceAfter(modelName: name, parts)
    }
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
  ) throws(ModelError) -> [Merge] {
    guard let lines: GGUFStringArray = try optional(.merges, in: metadata) else { return [] }
    var merges: [Merge] = []
    merges.reserveCapacity(lines.count)
    for index in lines.indices {
      let result: Result<Merge, ModelError> = lines.withBytes(at: index) { line in
        // The first piece has at least one byte, which may be a space.
        guard let space = (1..<max(1, line.count)).first(where: { line[$0] == 0x20 }) else {
          return .failure(
            ModelError(
              .invalidConfiguration, "merge \(index) does not consist of two pieces",
              at: .key(Key.merges)))
        }
        do throws(ModelError) {
          return .success(
            try resolve(
              line.extracting(0..<space), line.extracting(space + 1..<line.count), in: pieces))
        } catch {
          return .failure(error)
        }
      }
      merges.append(try result.get())
    }
    return merges
  }

  private static func specialTokens(
    in metadata: GGUFMetadata, isSentencePiece: Bool, count: Int
  ) throws(ModelError) -> SpecialTokens {
    var tokens = SpecialTokens()
    if isSentencePiece, count > 2 { tokens = SpecialTokens(bos: 1, eos: 2, unknown: 0) }
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

  /// The special tokens of the Phi-3 models swallow whitespace, but GGUF has no key that says so:
  /// llama.cpp goes by the model's name, and by these exceptions.
  private static func trimsWhitespaceAfter(modelName: String, _ parts: Parts) -> Set<Int> {
    let name = modelName.lowercased()
    guard name.contains("phi-3") || name.contains("phi3") else { return [] }
    let exceptions = ["<unk>", "<s>", "<|endoftext|>"].compactMap {
      parts.pieces.firstIndex(of: Array($0.utf8))
    }
    let special: Set<PieceType> = [.control, .userDefined, .unknown]
    return Set(parts.types.indices.filter { special.contains(parts.types[$0]) })
      .subtracting(exceptions)
  }
}

extension Vocabulary {
  /// Writes the vocabulary into a GGUF file's metadata, so that ``init(metadata:)`` reads an equal
  /// one.
  ///
  /// Only ``trimsWhitespaceAfter`` is not kept: it has no key, and follows from the model's name.
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
        let left = pieces[Int(merge.left)]
        lines.append(GGUFString(bytes: left + [0x20] + pieces[Int(merge.right)]))
      }
      metadata[.merges] = lines
    }
    for (key, path) in SpecialTokens.keyed {
      metadata[MetadataKey<Int>(key)] = specialTokens[keyPath: path]
    }
    metadata[.addsBeginningToken] = addBOS
    metadata[.addsEndToken] = addEOS
    metadata[.addsSpacePrefix] = addSpacePrefix
  }
}
