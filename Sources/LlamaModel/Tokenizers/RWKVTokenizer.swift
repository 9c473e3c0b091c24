/// The longest piece from the left, byte by byte: that of the RWKV models ("World" vocabulary), whose
/// `tokenizer.ggml.model` is "rwkv".
///
/// Pieces are spelled with `\t`, `\n`, `\r`, `\\` and `\x00` to `\xff` for bytes.
public struct RWKVTokenizer: Tokenizer {
  /// The name in `tokenizer.ggml.model`.
  static let model = "rwkv"

  /// The pieces and special tokens.
  public let vocabulary: Vocabulary

  private let special: SpecialPieces
  private let trie: ByteTrie

  /// Creates a tokenizer.
  public init(_ vocabulary: Vocabulary) {
    self.vocabulary = vocabulary
    special = SpecialPieces(vocabulary)
    var trie = ByteTrie()
    for token in 0..<vocabulary.count where vocabulary.isText(token) {
      trie.insert(Self.bytes(spelledBy: vocabulary.pieces[token])[...], value: Int32(token))
    }
    self.trie = trie
  }

  /// The tokens of a text.
  public func encode(_ text: String, options: EncodingOptions) -> [Int] {
    special.encode(text, options: options) { plain, _, tokens in
      var index = 0
      while index < plain.count {
        if let match = trie.longestMatch(in: plain, at: index) {
          tokens.append(match.value)
          index += match.length
        } else {
          if let unknown = vocabulary.specialTokens.unknown { tokens.append(unknown) }
          index += 1
        }
      }
    }
  }

  /// The bytes that a token adds to a text.
  public func bytes(of token: Int, options: DecodingOptions) -> [UInt8] {
    guard let type = vocabulary.type(of: token) else { return [] }
    if type == .control || type == .unknown, !options.contains(.showSpecial) { return [] }
    return Self.bytes(spelledBy: vocabulary.pieces[token])
  }

  private static func bytes(spelledBy piece: ArraySlice<UInt8>) -> [UInt8] {
    var result: [UInt8] = []
    var rest = piece
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "\\"), let escape = rest.popFirst() else {
        result.append(byte)
        continue
      }
      switch escape {
      case UInt8(ascii: "t"): result.append(0x09)
      case UInt8(ascii: "n"): result.append(0x0A)
      case UInt8(ascii: "r"): result.append(0x0D)
      case UInt8(ascii: "x"):
        let digits = String(decoding: rest.prefix(2), as: UTF8.self)
        rest = rest.dropFirst(2)
        if let value = UInt8(digits, radix: 16) { result.append(value) }
      default: result.append(escape)
      }
    }
    return result
  }
}
