import GGUFKit
import LlamaModel
import Testing

struct VocabularyTests {
  private static let small: GGUFMetadata = [
    "tokenizer.ggml.model": .string("gpt2"),
    "tokenizer.ggml.pre": .string("gpt-2"),
    "tokenizer.ggml.tokens": .array(.string(["a", "b", "ab", "<|im_end|>"])),
    "tokenizer.ggml.token_type": .array(.int32([1, 1, 1, 3])),
    "tokenizer.ggml.merges": .array(.string(["a b"])),
    "tokenizer.ggml.eos_token_id": .uint32(3),
  ]

  @Test func readsMetadata() throws {
    let vocabulary = try Vocabulary(metadata: Self.small)
    #expect(vocabulary.count == 4)
    #expect(vocabulary.token(for: "ab") == 2)
    #expect(vocabulary.token(for: "ba") == nil)
    #expect(vocabulary.type(of: 3) == .control)
    #expect(vocabulary.score(of: 0) == 0)
    #expect(vocabulary.piece(of: 4) == nil)
    #expect(vocabulary.specialTokens.eot == 3)
    #expect(vocabulary.isEndOfGeneration(3))
    #expect(!vocabulary.addBOS)
  }

  /// A change, and the code and key of the error that it leads to.
  private static let malformed: [(String, GGUFValue?, ModelError.Code)] = [
    ("tokenizer.ggml.model", nil, .invalidConfiguration),
    ("tokenizer.ggml.model", .string("mystery"), .unsupportedTokenizer),
    ("tokenizer.ggml.model", .uint32(1), .invalidConfiguration),
    ("tokenizer.ggml.pre", .string("mystery"), .unsupportedTokenizer),
    ("tokenizer.ggml.pre", .bool(true), .invalidConfiguration),
    ("tokenizer.ggml.tokens", nil, .invalidConfiguration),
    ("tokenizer.ggml.tokens", .array(.string([])), .invalidConfiguration),
    ("tokenizer.ggml.tokens", .array(.int32([1])), .invalidConfiguration),
    ("tokenizer.ggml.token_type", .array(.int32([1, 1, 1])), .invalidConfiguration),
    ("tokenizer.ggml.token_type", .array(.int32([1, 1, 1, 6])), .invalidConfiguration),
    ("tokenizer.ggml.token_type", .string("x"), .invalidConfiguration),
    ("tokenizer.ggml.scores", .array(.float32([1])), .invalidConfiguration),
    ("tokenizer.ggml.merges", .array(.string(["ab"])), .invalidConfiguration),
    ("tokenizer.ggml.merges", .array(.string([""])), .invalidConfiguration),
    ("tokenizer.ggml.eos_token_id", .uint32(4), .invalidConfiguration),
    ("tokenizer.ggml.padding_token_id", .int32(-2), .invalidConfiguration),
    ("tokenizer.ggml.bos_token_id", .string("a"), .invalidConfiguration),
    ("tokenizer.ggml.add_bos_token", .uint32(1), .invalidConfiguration),
    ("tokenizer.ggml.precompiled_charsmap", .string("x"), .invalidConfiguration),
    ("tokenizer.ggml.remove_extra_whitespaces", .uint32(1), .invalidConfiguration),
  ]

  @Test(arguments: malformed.indices)
  func malformedVocabulariesAreRefused(index: Int) {
    let (key, value, code) = Self.malformed[index]
    var metadata = Self.small
    metadata[key] = value
    let error = #expect(throws: ModelError.self) {
      try TokenizerRegistry.makeTokenizer(metadata: metadata)
    }
    #expect(error?.code == code)
    #expect(
      error?.location == .key(key)
        // There must be as many types as pieces: either may be to blame.
        || key == "tokenizer.ggml.tokens" && error?.location == .key("tokenizer.ggml.token_type"))
  }

  @Test func unknownNamesAreAnsweredWithTheKnownOnes() {
    var metadata = Self.small
    metadata["tokenizer.ggml.pre"] = .string("mystery")
    let error = #expect(throws: ModelError.self) {
      try TokenizerRegistry.makeTokenizer(metadata: metadata)
    }
    #expect(error?.message.contains("llama-bpe") == true)
    #expect(error?.message.contains("qwen2") == true)
  }

  @Test func idsThatMeanNoneAreNone() throws {
    var metadata = Self.small
    metadata["tokenizer.ggml.padding_token_id"] = .uint32(.max)
    metadata["tokenizer.ggml.unknown_token_id"] = .int32(-1)
    let vocabulary = try Vocabulary(metadata: metadata)
    #expect(vocabulary.specialTokens.padding == nil)
    #expect(vocabulary.specialTokens.unknown == nil)
  }

  @Test func writingIsTheInverseOfReading() throws {
    for vocabulary in [
      try SmallVocabularies.sentencePiece(), try SmallVocabularies.byteLevel(),
      try Vocabulary(metadata: Self.small),
    ] {
      var metadata: GGUFMetadata = ["general.architecture": .string("llama")]
      vocabulary.write(into: &metadata)
      #expect(try Vocabulary(metadata: metadata) == vocabulary)
      let file = try GGUFFile(bytes: GGUFBuilder(metadata: metadata).serialized())
      #expect(try Vocabulary(metadata: file.metadata) == vocabulary)
    }
  }

  @Test func piecesThatEndATurnBecomeControlPieces() throws {
    let vocabulary = try Vocabulary(
      model: "gpt2", preTokenizer: "gpt-2",
      pieces: [.init("</s>"), .init("<|end|>"), .init("<|return|>"), .init("<|call|>")])
    #expect(vocabulary.type(of: 0) == .control)
    // With the other two, <|end|> only ends a message.
    #expect(vocabulary.endOfGeneration == [0, 2, 3])
  }

  @Test func registeredTokenizersAreUsed() throws {
    struct Letters: Tokenizer {
      var vocabulary: Vocabulary
      func encode(_ text: String, options: EncodingOptions) -> [Int] { text.utf8.map { Int($0) } }
      func bytes(of token: Int, options: DecodingOptions) -> [UInt8] {
        UInt8(exactly: token).map { [$0] } ?? []
      }
    }
    TokenizerRegistry.register("letters") { vocabulary, _ in Letters(vocabulary: vocabulary) }
    let vocabulary = try Vocabulary(model: "letters", pieces: [.init("a")])
    let tokenizer = try TokenizerRegistry.makeTokenizer(vocabulary: vocabulary)
    #expect(tokenizer.decode(tokenizer.encode("abc")) == "abc")
    #expect(TokenizerRegistry.names.contains("letters"))
  }
}
