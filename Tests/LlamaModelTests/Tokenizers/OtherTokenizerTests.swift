import GGUFKit
import LlamaModel
import Testing

/// WordPiece, Unigram, Gemma's BPE, RWKV and PLaMo 2, over vocabularies made in code.
struct OtherTokenizerTests {
  private func pieces(
    _ text: String, _ vocabulary: Vocabulary, _ options: EncodingOptions = []
  ) throws -> [String?] {
    try TokenizerRegistry.makeTokenizer(vocabulary: vocabulary)
      .encode(text, options: options).map { vocabulary.piece(of: $0) }
  }

  private func wordPiece(
    _ normalization: Vocabulary.Normalization = .init()
  ) throws -> Vocabulary {
    var special = SpecialTokens(bos: 1, unknown: 0)
    special.separator = 2
    return try Vocabulary(
      model: "bert",
      pieces: [
        .init("[UNK]", type: .unknown), .init("[CLS]", type: .control),
        .init("[SEP]", type: .control),
      ] + ["▁he", "llo", "▁,", "▁.", "▁'", "▁s", "▁é", "▁e", "▁É", "▁日", "▁$"].map { .init($0) },
      specialTokens: special, addBOS: true, addEOS: true, normalization: normalization)
  }

  @Test func wordPieceTakesTheLongestFromTheLeft() throws {
    let vocabulary = try wordPiece()
    #expect(try pieces("HeLLo,hello", vocabulary) == ["▁he", "llo", "▁,", "▁he", "llo"])
    #expect(
      try pieces("hex é\u{1}É 日日$", vocabulary)
        == ["[UNK]", "[UNK]", "▁日", "▁日", "▁$"])
    #expect(try pieces(" é\n", vocabulary) == ["▁e"])
    #expect(
      try pieces("[SEP] é", vocabulary, [.addSpecial, .parseSpecial])
        == ["[CLS]", "[SEP]", "▁e", "[SEP]"])
    let plain = try wordPiece(.init(lowercases: false, stripsAccents: false))
    #expect(try pieces("É é e", plain) == ["▁É", "▁é", "▁e"])
  }

  @Test func wordPieceTakesSpacesAway() throws {
    let tokenizer = try TokenizerRegistry.makeTokenizer(vocabulary: wordPiece())
    func text(_ tokens: [Int]) -> String {
      let whole = tokenizer.decode(tokens)
      var decoder = StreamingDecoder(tokenizer)
      #expect(tokens.map { decoder.append($0) }.joined() + decoder.finish() == whole)
      return whole
    }
    let (he, llo, comma, dot, apostrophe, s, e) = (3, 4, 5, 6, 7, 8, 10)
    #expect(text([he, llo, comma, he, dot]) == " hello, he.")
    #expect(text([he, apostrophe, s, e]) == " he's e")
    #expect(text([he, apostrophe, e, apostrophe]) == " he'e '")
    #expect(text([he, apostrophe, dot]) == " he '.")
    #expect(text([apostrophe]) == " '")
  }

  @Test func unigramTakesTheGreatestSum() throws {
    let vocabulary = try Vocabulary(
      model: "t5",
      pieces: [
        .init("<unk>", type: .unknown), .init("</s>", type: .control), .init("▁", score: -2),
        .init("a", score: -2), .init("b", score: -2), .init("▁a", score: -3),
        .init("ab", score: -3), .init("▁ab", score: -6), .init("<x>", type: .userDefined),
      ],
      specialTokens: SpecialTokens(eos: 1, unknown: 0), addEOS: true, addSpacePrefix: true,
      normalization: .init(removesExtraSpaces: true))
    #expect(try pieces("ab", vocabulary) == ["▁", "ab"])
    #expect(try pieces("  a   ab ", vocabulary) == ["▁a", "▁", "ab"])
    #expect(try pieces("a日本b", vocabulary) == ["▁a", "<unk>", "b"])
    #expect(try pieces("a<x>", vocabulary, .addSpecial) == ["▁a", "<x>", "</s>"])
    let tokenizer = try TokenizerRegistry.makeTokenizer(vocabulary: vocabulary)
    #expect(tokenizer.decode(tokenizer.encode("a ab")) == "a ab")
  }

  @Test func aTableOfCharactersIsRead() throws {
    // "X" becomes "ab": the root at 0, whose offset is 1, a child for "X", and its leaf.
    var nodes = [UInt32](repeating: 0, count: 256)
    nodes[0] = 1 << 10
    nodes[1 ^ 0x58] = 0x58 | 1 << 8 | (2 << 10)
    nodes[1 ^ 0x58 ^ 2] = 1 << 31
    var bytes = withUnsafeBytes(of: UInt32(nodes.count * 4).littleEndian) { Array($0) }
    for node in nodes { bytes += withUnsafeBytes(of: node.littleEndian) { Array($0) } }
    let table = bytes + Array("ab\0".utf8)
    for broken in [table, Array(table.dropLast()), Array(table.prefix(300)), [1], [255, 255, 255]] {
      let vocabulary = try Vocabulary(
        model: "t5", pieces: [.init("<unk>", type: .unknown), .init("a"), .init("b"), .init("X")],
        specialTokens: SpecialTokens(unknown: 0), normalization: .init(characterMap: broken))
      #expect(
        try pieces("Xa", vocabulary) == (broken == table ? ["a", "b", "a"] : ["X", "a"]))
    }
  }

  @Test func gemmaMergesCharacters() throws {
    let vocabulary = try Vocabulary(
      model: "gemma4",
      pieces: [
        .init("<bos>", type: .control), .init("▁"), .init("a"), .init("b"), .init("▁a"),
        .init("ab"), .init("\n"), .init("\n\n"), .init("<0xC3>", type: .byte),
        .init("<0xA9>", type: .byte),
      ],
      merges: [("▁", "a"), ("a", "b")], specialTokens: SpecialTokens(bos: 0), addBOS: true)
    #expect(try pieces("ab ab", vocabulary) == ["ab", "▁a", "b"])
    #expect(try pieces("\n\na\n", vocabulary) == ["\n\n", "a", "\n"])
    #expect(try pieces("é", vocabulary, .addSpecial) == ["<bos>", "<0xC3>", "<0xA9>"])
    let tokenizer = try TokenizerRegistry.makeTokenizer(vocabulary: vocabulary)
    #expect(tokenizer.decode(tokenizer.encode("aé\n ab")) == "aé\n ab")
  }

  @Test func mergesGoThroughWhatIsNoPiece() throws {
    let letters = "abc".map { Vocabulary.Piece(String($0)) }
    let vocabulary = try Vocabulary(
      model: "gpt2", preTokenizer: "gpt-2", pieces: letters + [.init("abc")],
      merges: [("a", "b"), ("ab", "c")])
    #expect(try pieces("abc", vocabulary) == ["abc"])
    #expect(try pieces("abab", vocabulary) == ["a", "b", "a", "b"])
  }

  @Test func whitespaceModelsLeaveItOut() throws {
    let vocabulary = try Vocabulary(
      model: "whitespace", preTokenizer: "whitespace",
      pieces: [.init("a"), .init("b"), .init("ab")], merges: [("a", "b")],
      normalization: .init(lowercases: false))
    #expect(try pieces(" ab \n a\u{3000}b", vocabulary) == ["ab", "a", "b"])
  }

  @Test func rwkvReadsEscapes() throws {
    let vocabulary = try Vocabulary(
      model: "rwkv",
      pieces: [
        .init("<s>", type: .control), .init("\\n"), .init("a\\n"), .init("a"),
        .init("\\xe6\\x97"), .init("\\xa5"), .init("\\\\"),
      ])
    let tokenizer = try TokenizerRegistry.makeTokenizer(vocabulary: vocabulary)
    #expect(tokenizer.encode("a\naa日\\", options: []) == [2, 3, 3, 4, 5, 6])
    #expect(tokenizer.decode([2, 3, 4, 5, 6]) == "a\na日\\")
  }

  @Test func plamoTakesTheGreatestSum() throws {
    var pieces: [Vocabulary.Piece] = [.init("<unk>", type: .unknown)]
    for byte in UInt8.min ... .max {
      let digits = String(byte, radix: 16, uppercase: true)
      pieces.append(.init("<0x\(digits.count == 1 ? "0" : "")\(digits)>", type: .byte))
    }
    pieces += [
      .init("a", score: -2), .init("ab", score: -3), .init("b", score: -2), .init("bb", score: -1),
    ]
    let vocabulary = try Vocabulary(model: "plamo2", pieces: pieces)
    #expect(try self.pieces("abb", vocabulary) == ["a", "bb"])
    #expect(try self.pieces("\u{FEFF}abé", vocabulary) == ["ab", "<0xC3>", "<0xA9>"])
  }

  @Test func maskSwallowsTheSpaceBefore() throws {
    var metadata: GGUFMetadata = [
      "general.architecture": .string("jina-bert-v3"),
      "tokenizer.ggml.model": .string("t5"),
      "tokenizer.ggml.tokens": .array(.string(["<unk>", "▁", "a", "<mask>"])),
      "tokenizer.ggml.scores": .array(.float32([0, -1, -1, 0])),
      "tokenizer.ggml.token_type": .array(.int32([2, 1, 1, 3])),
      "tokenizer.ggml.unknown_token_id": .uint32(0),
      "tokenizer.ggml.eos_token_id": .uint32(3),
    ]
    let vocabulary = try Vocabulary(metadata: metadata)
    #expect(try pieces("a  <mask> a", vocabulary, .parseSpecial) == ["a", "<mask>", "▁", "a"])
    metadata["general.architecture"] = .string("t5")
    #expect(
      try pieces("a <mask>", Vocabulary(metadata: metadata), .parseSpecial)
        == ["a", "▁", "<mask>"])
  }
}
