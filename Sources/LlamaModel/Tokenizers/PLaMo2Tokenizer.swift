/// The pieces of the greatest sum of scores, found from the end of the text, with bytes for what has
/// no piece: that of the PLaMo 2 models, whose `tokenizer.ggml.model` is "plamo2".
public struct PLaMo2Tokenizer: Tokenizer {
  /// The name in `tokenizer.ggml.model`.
  static let model = "plamo2"

  /// The pieces and special tokens.
  public let vocabulary: Vocabulary

  private let special: SpecialPieces
  private let trie: ByteTrie
  /// The scores in ten-thousandths.
  private let scores: [Int]
  /// The token for each byte, or -1.
  private let byteTokens: [Int]

  /// A character without a piece.
  private static let unknownScore = -10_000_000
  /// What is not above it is no piece.
  private static let leastScore = -20_000_000

  /// Creates a tokenizer.
  public init(_ vocabulary: Vocabulary) {
    self.vocabulary = vocabulary
    special = SpecialPieces(vocabulary)
    var trie = ByteTrie()
    var scores = [Int](repeating: 0, count: vocabulary.count)
    for token in 0..<vocabulary.count {
      let score = (Double(vocabulary.scores[token]) * 1e4).rounded()
      guard vocabulary.isText(token), vocabulary.types[token] != .byte, score.isFinite,
        score > Double(Self.leastScore), score < 1e15
      else { continue }
      scores[token] = Int(score)
      trie.insert(vocabulary.pieces[token], value: Int32(token))
    }
    self.trie = trie
    self.scores = scores
    byteTokens = (UInt8.min ... .max).map { byte in
      vocabulary.token(for: Vocabulary.piece(ofByte: byte)) ?? -1
    }
  }

  /// The tokens of a text.
  public func encode(_ text: String, options: EncodingOptions) -> [Int] {
    special.encode(text, options: options) { plain, _, tokens in encode(plain, into: &tokens) }
  }

  /// The bytes that a token adds to a text.
  public func bytes(of token: Int, options: DecodingOptions) -> [UInt8] {
    guard let type = vocabulary.type(of: token) else { return [] }
    let piece = vocabulary.pieces[token]
    switch type {
    case .control, .unknown: return options.contains(.showSpecial) ? Array(piece) : []
    case .byte: return Vocabulary.byte(ofPiece: piece).map { [$0] } ?? []
    case .normal, .unused, .userDefined: return Array(piece)
    }
  }

  private func encode(_ text: Span<UInt8>, into tokens: inout [Int]) {
    // A byte order mark is left out.
    let hasMark = text.count >= 3 && text[0] == 0xEF && text[1] == 0xBB && text[2] == 0xBF
    let start = hasMark ? 3 : 0
    /// The cost of the text from a position on, and the piece there with its length.
    var costs = [Int](repeating: 0, count: text.count + 1)
    var choices = [(token: Int32, length: Int)](repeating: (-1, 1), count: text.count)
    var candidates: [(token: Int, length: Int)] = []
    for position in stride(from: text.count - 1, through: start, by: -1) {
      // Pieces start with characters.
      if text[position] & 0xC0 == 0x80 { continue }
      candidates.removeAll(keepingCapacity: true)
      var node = ByteTrie.root
      var end = position
      while end < text.count, let next = trie.child(of: node, text[end]) {
        end += 1
        node = next
        if let token = trie.value(at: node) { candidates.append((token, end - position)) }
      }
      var best = Int.max
      for (token, length) in candidates.reversed() {
        let cost = costs[position + length] - scores[token]
        if cost < best {
          best = cost
          choices[position] = (Int32(token), length)
        }
      }
      let length = min(utf8Length(text[position]), text.count - position)
      let unknown = costs[position + length] - Self.unknownScore
      if unknown < best {
        best = unknown
        choices[position] = (-1, length)
      }
      costs[position] = best
    }
    var position = start
    while position < text.count {
      let (token, length) = choices[position]
      if token >= 0 {
        tokens.append(Int(token))
      } else {
        for index in position..<position + length where byteTokens[Int(text[index])] >= 0 {
          tokens.append(byteTokens[Int(text[index])])
        }
      }
      position += length
    }
  }
}
