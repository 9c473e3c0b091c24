import LlamaModel
import Testing

struct SentencePieceTokenizerTests {
  private func pieces(_ text: String, _ tokenizer: any Tokenizer, _ options: EncodingOptions = [])
    -> [String?]
  {
    tokenizer.encode(text, options: options).map { tokenizer.vocabulary.piece(of: $0) }
  }

  @Test func theGreatestScoreIsJoinedFirst() throws {
    let tokenizer = SentencePieceTokenizer(try SmallVocabularies.sentencePiece())
    #expect(pieces("the", tokenizer) == ["▁the"])
    #expect(pieces("hello the", tokenizer) == ["▁hello", "▁the"])
    // "th" goes before "he", so "he" is not found in "the" but in "lhe".
    #expect(pieces("thl", tokenizer) == ["▁th", "l"])
    #expect(pieces("lhe", tokenizer) == ["▁", "l", "he"])
    #expect(pieces("   the", tokenizer) == ["▁▁", "▁▁", "the"])
    #expect(pieces("日本", tokenizer) == ["▁", "日本"])
  }

  @Test func bytesStandInForMissingPieces() throws {
    let tokenizer = SentencePieceTokenizer(try SmallVocabularies.sentencePiece())
    #expect(pieces("é", tokenizer) == ["▁", "<0xC3>", "<0xA9>"])
    #expect(pieces("", tokenizer) == [])
    #expect(tokenizer.bytes(of: 3, options: []) == [0])
  }

  @Test func unknownStandsInWhereThereAreNoBytes() throws {
    let vocabulary = try Vocabulary(
      model: "llama", pieces: [.init("<unk>", type: .unknown), .init("a")],
      specialTokens: SpecialTokens(unknown: 0))
    let tokenizer = SentencePieceTokenizer(vocabulary)
    #expect(tokenizer.encode("aé", options: []) == [1, 0, 0])
    let without = SentencePieceTokenizer(try Vocabulary(model: "llama", pieces: [.init("a")]))
    #expect(without.encode("béa", options: []) == [0])
  }

  @Test func specialPiecesAreParsedOnRequest() throws {
    let vocabulary = try SmallVocabularies.sentencePiece()
    let tokenizer = SentencePieceTokenizer(vocabulary)
    #expect(
      pieces("<|user|>the<|end|>", tokenizer, [.addSpecial, .parseSpecial])
        == ["<s>", "<|user|>", "▁the", "<|end|>"])
    let plain = tokenizer.encode("<|end|></s><unk>", options: .addSpecial)
    #expect(plain.first == 1)
    #expect(plain.dropFirst().allSatisfy { vocabulary.type(of: $0) == .byte || $0 >= 259 })
    #expect(tokenizer.decode([1] + tokenizer.encode("the", options: [])) == "the")
    #expect(
      tokenizer.decode(tokenizer.encode("the", options: .addSpecial), options: .showSpecial)
        == "<s>the")
    #expect(tokenizer.decode(tokenizer.encode("the"), options: .continuation) == "the")
    #expect(
      tokenizer.decode(tokenizer.encode("the", options: []), options: .continuation) == " the")
  }

  @Test func piecesAcrossSpacesAreFound() throws {
    let vocabulary = try Vocabulary.byteFallback(
      pieces: [("a", -5), ("b", -5), (" ", -5), ("a ", -1), ("a b", -2)], addSpacePrefix: false)
    let tokenizer = SentencePieceTokenizer(vocabulary)
    #expect(pieces("ba ba b", tokenizer) == ["b", "a▁b", "a▁b"])
  }

  @Test func longTextWithoutSpacesIsNotSlow() throws {
    let tokenizer = SentencePieceTokenizer(try SmallVocabularies.sentencePiece())
    let text = String(repeating: "thehello", count: 2_000)
    let tokens = tokenizer.encode(text, options: [])
    #expect(tokens.count == 4_000)
    #expect(tokenizer.decode(tokens) == text)
  }
}
