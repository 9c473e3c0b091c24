/// How the tokens of a `tokenizer.json` become text: what its `decoder` does to a piece.
struct PieceDecoding: Sendable {
  /// A step of it.
  enum Step: Sendable {
    case byteLevel
    case replace([UInt8], with: [UInt8])
    /// Pieces with this in front continue a word, others follow a space; empty where all do.
    case continuingPrefix([UInt8], cleans: Bool)
    /// This at the end of a piece ends a word, and is a space.
    case wordSuffix([UInt8])
  }

  private(set) var steps: [Step] = []
  /// Whether a space at the start of a text is the one that encoding has added.
  private(set) var dropsFirstSpace = false
  /// Whether pieces such as `<0x0A>` are bytes.
  private(set) var readsBytes = false

  /// What no space comes before in English.
  private static let unspaced = Set(
    [".", "?", "!", ",", "n't", "'m", "'s", "'ve", "'re"].map { Array($0.utf8) })

  init(_ json: JSONDocument?) throws(ModelError) {
    guard let json, !json.isNull else {
      // Pieces are joined by spaces then.
      steps.append(.continuingPrefix([], cleans: false))
      dropsFirstSpace = true
      return
    }
    try add(json)
  }

  private mutating func add(_ json: JSONDocument) throws(ModelError) {
    let type = json["type"]?.string ?? ""
    switch type {
    case "Sequence": for child in json["decoders"]?.array ?? [] { try add(child) }
    case "ByteLevel": steps.append(.byteLevel)
    case "ByteFallback": readsBytes = true
    // Pieces are joined in any case.
    case "Fuse": break
    case "Replace":
      guard let text = json["pattern"]?["String"]?.bytes else {
        throw ModelError(.unsupportedTokenizer, "a decoder replaces by an expression")
      }
      steps.append(.replace(text, with: json["content"]?.bytes ?? []))
    case "Strip":
      if json["content"]?.bytes == [0x20], json["start"]?.int ?? 0 > 0 { dropsFirstSpace = true }
    case "Metaspace":
      steps.append(.replace(json["replacement"]?.bytes ?? VisibleSpace.bytes, with: [0x20]))
      let scheme = json["prepend_scheme"]?.string ?? "always"
      dropsFirstSpace = scheme != "never" && json["add_prefix_space"]?.bool ?? true
    case "WordPiece":
      steps.append(
        .continuingPrefix(
          json["prefix"]?.bytes ?? Array("##".utf8), cleans: json["cleanup"]?.bool ?? true))
      dropsFirstSpace = true
    case "BPEDecoder":
      steps.append(.wordSuffix(json["suffix"]?.bytes ?? Array("</w>".utf8)))
    default:
      throw ModelError(.unsupportedTokenizer, "the decoder \"\(type)\" is not supported")
    }
  }

  /// The bytes that a piece adds to a text.
  func bytes(of piece: ArraySlice<UInt8>) -> [UInt8] {
    var bytes = Array(piece)
    for step in steps {
      switch step {
      case .byteLevel: bytes = ByteLevelAlphabet.standard.bytes(of: bytes[...])
      case .replace(let text, let content):
        let matches = PatternMatcher.occurrences(of: text, in: bytes.span)
        guard !matches.isEmpty else { continue }
        var result: [UInt8] = []
        var index = 0
        for match in matches {
          result += bytes[index..<match.lowerBound] + content
          index = match.upperBound
        }
        bytes = result + bytes[index...]
      case .continuingPrefix(let prefix, let cleans):
        if !prefix.isEmpty, bytes.starts(with: prefix) {
          bytes.removeFirst(prefix.count)
        } else if !cleans || !Self.unspaced.contains(bytes) {
          bytes.insert(0x20, at: 0)
        }
      case .wordSuffix(let suffix):
        guard bytes.suffix(suffix.count).elementsEqual(suffix) else { continue }
        bytes = bytes.dropLast(suffix.count) + [0x20]
      }
    }
    return bytes
  }
}
