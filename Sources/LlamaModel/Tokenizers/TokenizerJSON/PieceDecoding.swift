/// How the tokens of a `tokenizer.json` become text: what its `decoder` does to a piece.
struct PieceDecoding: Sendable {
  /// A step of it.
  enum Step: Sendable {
    case byteLevel
    case replace(PatternMatcher, with: [UInt8])
    /// Takes a byte away from the ends of a piece, so often at most.
    case strip(UInt8, start: Int, end: Int)
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
  /// Whether the pieces are joined already, while the steps are read.
  private var isFused = false

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
    case "Fuse": isFused = true
    case "Replace":
      steps.append(
        .replace(try PatternMatcher(json: json["pattern"]), with: json["content"]?.bytes ?? []))
    case "Strip": try addStrip(json)
    case "Metaspace":
      let space = json["replacement"]?.string ?? String(decoding: VisibleSpace.bytes, as: UTF8.self)
      steps.append(.replace(PatternMatcher(literal: space), with: [0x20]))
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

  /// Before the pieces are joined each of them is stripped, and afterwards the text.
  private mutating func addStrip(_ json: JSONDocument) throws(ModelError) {
    guard let content = json["content"]?.bytes, content.count == 1 else {
      throw ModelError(.unsupportedTokenizer, "a decoder strips other than ASCII characters")
    }
    let (start, end) = (json["start"]?.int ?? 0, json["stop"]?.int ?? 0)
    if !isFused {
      steps.append(.strip(content[0], start: max(0, start), end: max(0, end)))
    } else if content == [0x20], start > 0 {
      dropsFirstSpace = true
    }
  }

  /// The bytes that a piece adds to a text.
  func bytes(of piece: ArraySlice<UInt8>) -> [UInt8] { bytes(of: piece, by: steps) }

  /// The bytes that an added token adds to a text: it is spelled as it is.
  func bytes(ofAdded piece: ArraySlice<UInt8>) -> [UInt8] {
    bytes(
      of: piece,
      by: steps.filter { step in if case .byteLevel = step { false } else { true } })
  }

  private func bytes(of piece: ArraySlice<UInt8>, by steps: [Step]) -> [UInt8] {
    var bytes = Array(piece)
    for step in steps {
      switch step {
      case .byteLevel: bytes = ByteLevelAlphabet.standard.bytes(of: bytes[...])
      case .replace(let text, let content):
        let matches = text.matches(in: bytes.span)
        guard !matches.isEmpty else { continue }
        var result: [UInt8] = []
        var index = 0
        for match in matches {
          result += bytes[index..<match.lowerBound] + content
          index = match.upperBound
        }
        bytes = result + bytes[index...]
      case .strip(let byte, let start, let end):
        let first = bytes.prefix(start).prefix { $0 == byte }.count
        bytes.removeFirst(first)
        let last = bytes.suffix(end).reversed().prefix { $0 == byte }.count
        bytes.removeLast(last)
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
