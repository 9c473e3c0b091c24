import LlamaModel
import Testing

struct ByteLevelTokenizerTests {
  private func words(_ text: String, _ name: String) throws -> [String] {
    let preTokenizer = try #require(PreTokenizerRegistry.preTokenizer(named: name))
    var ends: [Int] = []
    let bytes = Array(text.utf8)
    preTokenizer.split(bytes.span, into: &ends)
    var start = 0
    return ends.map { end in
      defer { start = end }
      return String(decoding: bytes[start..<end], as: UTF8.self)
    }
  }

  @Test(arguments: [
    ("Hello  world's", ["Hello", " ", " world", "'s"]),
    ("it'S 'll", ["it", "'", "S", " '", "ll"]),
    ("a1b22 333", ["a", "1", "b", "22", " 333"]),
    ("x\n\n y", ["x", "\n\n", " y"]),
    ("x \n", ["x", " \n"]),
    ("\u{3000}é½\u{A0}", ["\u{3000}", "é", "½", "\u{A0}"]),
    ("...a!?", ["...", "a", "!?"]),
    ("", []),
  ])
  func cutsAsGPT2(text: String, expected: [String]) throws {
    #expect(try words(text, "gpt-2") == expected)
  }

  @Test(arguments: [
    ("Hello  world's", ["Hello", " ", " world", "'s"]),
    ("it'S 'll", ["it", "'S", " '", "ll"]),
    ("1234567 89", ["123", "456", "7", " ", "89"]),
    ("x\n\n y", ["x", "\n\n", " y"]),
    ("x \n \n  y", ["x", " \n \n", " ", " y"]),
    ("(a) !?\r\n\nb", ["(a", ")", " !?\r\n\n", "b"]),
    ("\ta\u{3000}b", ["\ta", "\u{3000}b"]),
    ("'tis 'x", ["'t", "is", " '", "x"]),
    ("½٣४5", ["½٣४", "5"]),
    ("'", ["'"]),
  ])
  func cutsAsLlama3(text: String, expected: [String]) throws {
    #expect(try words(text, "llama-bpe") == expected)
  }

  @Test func cutsAsQwen2() throws {
    #expect(try words("a12 34", "qwen2") == ["a", "1", "2", " ", "3", "4"])
  }

  @Test func invalidUTF8IsCutIntoWords() throws {
    for name in ["gpt-2", "llama-bpe", "qwen2"] {
      let preTokenizer = try #require(PreTokenizerRegistry.preTokenizer(named: name))
      let bytes: [UInt8] = [0xE6, 0x97, 0x20, 0x80, 0xFF, 0x61, 0xED, 0xA0, 0x80, 0xF0, 0x9F]
      var ends: [Int] = []
      preTokenizer.split(bytes.span, into: &ends)
      #expect(ends.last == bytes.count)
      #expect(zip(ends, ends.dropFirst()).allSatisfy { $0 < $1 })
    }
  }

  @Test func mergesGoByRankWithinWords() throws {
    let tokenizer = try SmallVocabularies.tokenizer("gpt-2")
    let vocabulary = tokenizer.vocabulary
    func pieces(_ text: String) -> [String?] {
      tokenizer.encode(text, options: []).map { vocabulary.piece(of: $0) }
    }
    #expect(pieces("hello the") == ["hello", "Ġthe"])
    #expect(pieces("12345") == ["1234", "5"])
    #expect(pieces("é") == ["Ã", "©"])
    #expect(tokenizer.encode("é", options: []) == [127, 102])
  }

  @Test func controlPiecesAreParsedOnRequest() throws {
    let tokenizer = try SmallVocabularies.tokenizer("qwen2")
    let vocabulary = tokenizer.vocabulary
    let end = try #require(vocabulary.token(for: "<|im_end|>"))
    #expect(tokenizer.encode("the<|im_end|>", options: .parseSpecial).last == end)
    #expect(!tokenizer.encode("the<|im_end|>", options: []).contains(end))
    #expect(vocabulary.endOfGeneration == [end, try #require(vocabulary.specialTokens.eos)])
    #expect(tokenizer.decode([end]) == "")
    #expect(tokenizer.decode([end], options: .showSpecial) == "<|im_end|>")
    #expect(tokenizer.decode([-1, 1 << 40]) == "")
  }

  @Test func wholeWordsWinWhereMergesAreIgnored() throws {
    let pieces = try SmallVocabularies.byteLevel()
    // "lo" has no merge.
    var all = (0..<256).compactMap { pieces.piece(of: $0).map { Vocabulary.Piece($0) } }
    all.append(.init("lo"))
    for (name, expected) in [("gpt-2", 2), ("llama-bpe", 1)] {
      let vocabulary = try Vocabulary(model: "gpt2", preTokenizer: name, pieces: all)
      let tokenizer = try TokenizerRegistry.makeTokenizer(vocabulary: vocabulary)
      #expect(tokenizer.encode("lo", options: []).count == expected)
    }
  }
}
