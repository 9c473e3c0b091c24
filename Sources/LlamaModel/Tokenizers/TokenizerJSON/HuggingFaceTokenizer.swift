/// The tokenizer that a `tokenizer.json` describes, the file of Hugging Face's `tokenizers` library:
/// it gives the ids that the library gives.
///
/// Text goes through the added tokens, the normalizer, the pre-tokenizer and the model, and the
/// post-processor says what starts and ends it. Supported are the models BPE, WordPiece, Unigram and
/// WordLevel, and the steps that published models use; others are answered with an error.
///
/// ```swift
/// let tokenizer = try HuggingFaceTokenizer(json: bytes)
/// let tokens = tokenizer.encode("Hello", options: [.addSpecial, .parseSpecial])
/// ```
public struct HuggingFaceTokenizer: Tokenizer {
  /// The pieces and special tokens.
  public let vocabulary: Vocabulary

  private let addedToText: AddedTokenFinders
  private let addedToNormalized: AddedTokenFinders
  private let normalizer: [NormalizerStep]
  private let splitter: [SplitterStep]
  private let model: PieceModel
  private let frame: (start: [Int], end: [Int])
  private let decoding: PieceDecoding

  /// Reads a `tokenizer.json`.
  ///
  /// - Throws: ``ModelError``: of code ``ModelError/Code/invalidConfiguration`` where the file is
  ///   malformed, and ``ModelError/Code/unsupportedTokenizer`` where it asks for something else.
  public init(json bytes: [UInt8]) throws(ModelError) {
    let json = try JSONDocument(bytes)
    var added: [AddedTokens.Token] = []
    for token in json["added_tokens"]?.array ?? [] { added.append(try AddedTokens.Token(token)) }
    normalizer = try NormalizerStep.steps(json["normalizer"])
    let (steps, isByteLevel) = try SplitterStep.steps(json["pre_tokenizer"])
    splitter = steps
    decoding = try PieceDecoding(json["decoder"])
    frame = try Self.frame(json["post_processor"])
    let reader = try PieceModelReader(
      json["model"], added: added, isByteLevel: isByteLevel, frame: frame, decoding: decoding)
    vocabulary = reader.vocabulary
    model = try reader.model()
    guard (frame.start + frame.end).allSatisfy({ (0..<reader.vocabulary.count).contains($0) })
    else {
      throw ModelError(
        .invalidConfiguration, "the post-processor adds a token that the vocabulary lacks")
    }
    addedToText = AddedTokenFinders(added.filter { !$0.isNormalized })
    var normalized = added.filter(\.isNormalized)
    for index in normalized.indices {
      normalized[index].content = Self.normalize(normalized[index].content, normalizer)
    }
    addedToNormalized = AddedTokenFinders(normalized)
  }

  /// The tokens of a text.
  public func encode(_ text: String, options: EncodingOptions) -> [Int] {
    let bytes = Array(text.utf8)
    var tokens: [Int] = options.contains(.addSpecial) ? frame.start : []
    tokens.reserveCapacity(bytes.count / 4 + 4)
    var engine = MergeEngine()
    for part in addedToText.parts(of: bytes.span, options: options) {
      switch part {
      case .token(let token): tokens.append(token)
      case .text(let range):
        let normalized = Self.normalize(Array(bytes[range]), normalizer)
        for part in addedToNormalized.parts(of: normalized.span, options: options) {
          switch part {
          case .token(let token): tokens.append(token)
          case .text(let inner):
            let startsText = range.lowerBound == 0 && inner.lowerBound == 0
            encode(Array(normalized[inner]), startsText: startsText, &engine, into: &tokens)
          }
        }
      }
    }
    if options.contains(.addSpecial) { tokens += frame.end }
    return tokens
  }

  /// The bytes that a token adds to a text.
  public func bytes(of token: Int, options: DecodingOptions) -> [UInt8] {
    guard let type = vocabulary.type(of: token) else { return [] }
    let piece = vocabulary.pieces[token]
    switch type {
    case .control, .unknown:
      return options.contains(.showSpecial) ? decoding.bytes(ofAdded: piece) : []
    case .userDefined: return decoding.bytes(ofAdded: piece)
    case .byte:
      guard decoding.readsBytes, let byte = Vocabulary.byte(ofPiece: piece) else { fallthrough }
      return [byte]
    case .normal, .unused: return decoding.bytes(of: piece)
    }
  }

  /// A space at the start is left out where the file's decoder does so.
  public var joining: PieceJoining { decoding.dropsFirstSpace ? .dropsFirstSpace : [] }

  private static func normalize(_ text: [UInt8], _ steps: [NormalizerStep]) -> [UInt8] {
    steps.reduce(text) { $1.apply($0) }
  }

  private func encode(
    _ text: [UInt8], startsText: Bool, _ engine: inout MergeEngine, into tokens: inout [Int]
  ) {
    var parts = TextParts(bytes: text, ranges: [0..<text.count], startsText: startsText)
    for step in splitter { step.apply(&parts) }
    let span = parts.bytes.span
    var cache = WordCache(textCount: span.count)
    for range in parts.ranges where !range.isEmpty {
      guard let hash = cache.append(range, of: span, to: &tokens) else { continue }
      let first = tokens.count
      model.encode(span.extracting(range), vocabulary, &engine, into: &tokens)
      cache.insert(range, hash: hash, tokens: first..<tokens.count)
    }
  }

  /// What a `post_processor` puts before and after a text.
  private static func frame(
    _ json: JSONDocument?
  ) throws(ModelError) -> (start: [Int], end: [Int]) {
    guard let json, !json.isNull else { return ([], []) }
    let type = json["type"]?.string ?? ""
    switch type {
    case "ByteLevel": return ([], [])
    case "Sequence":
      var frame: (start: [Int], end: [Int]) = ([], [])
      for child in json["processors"]?.array ?? [] {
        let inner = try Self.frame(child)
        frame = (inner.start + frame.start, frame.end + inner.end)
      }
      return frame
    case "BertProcessing", "RobertaProcessing":
      guard let start = json["cls"]?.array?.last?.int, let end = json["sep"]?.array?.last?.int
      else { throw ModelError(.invalidConfiguration, "a post-processor lacks its tokens") }
      return ([start], [end])
    case "TemplateProcessing":
      var frame: (start: [Int], end: [Int]) = ([], [])
      var hasText = false
      for part in json["single"]?.array ?? [] {
        if part["Sequence"] != nil { hasText = true }
        guard let name = part["SpecialToken"]?["id"]?.string else { continue }
        let ids = json["special_tokens"]?[name]?["ids"]?.array?.compactMap(\.int) ?? []
        if hasText { frame.end += ids } else { frame.start += ids }
      }
      return frame
    default:
      throw ModelError(.unsupportedTokenizer, "the post-processor \"\(type)\" is not supported")
    }
  }
}
