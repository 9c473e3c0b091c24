import GGUFKit
import Testing

@Suite struct MetadataTests {
  private let metadata: GGUFMetadata = [
    "general.architecture": .string("llama"),
    "llama.block_count": .uint64(32),
    "llama.context_length": .int32(-1),
    "llama.embedding_length": .string("wide"),
    "llama.attention.head_count": .uint32(8),
    "llama.attention.head_count_kv": .array(.int32([8, 2, 2])),
    "llama.rope.freq_base": .float64(500_000),
    "tokenizer.ggml.tokens": .array(.string(["a", "b"])),
    "tokenizer.ggml.token_type": .array(.int32([1, 3])),
    "tokenizer.ggml.scores": .array(.float32([0, -1])),
  ]

  @Test func resolvesKeysAgainstTheArchitecture() throws {
    #expect(metadata[.blockCount] == 32)
    #expect(metadata.fullName(of: MetadataKey<Int>.blockCount) == "llama.block_count")
    #expect(metadata[.contextLength] == -1)
    #expect(metadata[.ropeFrequencyBase] == 500_000)
    #expect(try metadata.value(.architecture) == "llama")
    #expect(try metadata.value(.keyLength, default: 128) == 128)
  }

  @Test func readsValuesPerLayer() throws {
    #expect(metadata[.headCount] == .uniform(8))
    #expect(metadata[.headCount]?[99] == 8)
    #expect(metadata[.headCount]?.scalar == 8)
    #expect(metadata[.headCount]?.values(layers: 3) == [8, 8, 8])
    let perLayer = try metadata.value(.headCountKV)
    #expect(perLayer == .each([8, 2, 2]))
    #expect(perLayer[1] == 2)
    #expect(perLayer[3] == nil)
    #expect(perLayer[-1] == nil)
    #expect(perLayer.scalar == nil)
    #expect(perLayer.values(layers: 4) == nil)
    #expect(PerLayer<Int>.each([3, 3]).scalar == 3)
    #expect(PerLayer<Int>.each([]).scalar == nil)
  }

  @Test func readsArrays() {
    #expect(metadata[.tokens]?.map(\.stringValue) == ["a", "b"])
    #expect(metadata[.tokenTypes] == [1, 3])
    #expect(metadata[.tokenScores] == [0, -1])
    #expect(metadata[MetadataKey<[String]>("tokenizer.ggml.tokens")] == ["a", "b"])
  }

  @Test func missingAndMistypedValuesAreNamed() {
    let missing = #expect(throws: GGUFError.self) { try metadata.value(.feedForwardLength) }
    #expect(missing?.code == .missingKey)
    #expect(missing?.location == .key("llama.feed_forward_length"))
    let mistyped = #expect(throws: GGUFError.self) { try metadata.value(.embeddingLength) }
    #expect(mistyped?.code == .wrongType)
    #expect(mistyped?.location == .key("llama.embedding_length"))
    #expect(metadata[.embeddingLength] == nil)
    let fallback = #expect(throws: GGUFError.self) {
      try metadata.value(.embeddingLength, default: 1)
    }
    #expect(fallback?.code == .wrongType)
    let nothing = #expect(throws: GGUFError.self) { try GGUFMetadata().value(.blockCount) }
    #expect(nothing?.location == .key("general.architecture"))
  }

  @Test func integersConvertWhenTheyFit() {
    #expect(GGUFValue.uint64(.max).integer(as: Int.self) == nil)
    #expect(GGUFValue.int8(-1).integer(as: UInt32.self) == nil)
    #expect(GGUFValue.int8(-1).integer(as: Int.self) == -1)
    #expect(GGUFValue.float32(1).integer(as: Int.self) == nil)
    #expect(GGUFValue.uint32(3).doubleValue == 3)
    #expect(GGUFValue.bool(true).doubleValue == nil)
    #expect(GGUFArray.uint64([1, .max]).integers == nil)
    #expect(Float(ggufValue: .uint32(7)) == 7)
  }

  @Test func writesValuesAsFilesHaveThem() {
    var metadata = GGUFMetadata()
    metadata[.blockCount] = 3
    #expect(metadata.isEmpty)
    metadata[.architecture] = "x"
    metadata[.blockCount] = 3
    #expect(metadata["x.block_count"] == .uint32(3))
    metadata[.blockCount] = -3
    #expect(metadata["x.block_count"] == .int32(-3))
    metadata[.blockCount] = 1 << 40
    #expect(metadata["x.block_count"] == .int64(1 << 40))
    metadata[.ropeFrequencyBase] = 0.5
    #expect(metadata["x.rope.freq_base"] == .float32(0.5))
    metadata[.headCountKV] = .each([1, 2])
    #expect(metadata["x.attention.head_count_kv"] == .array(.int32([1, 2])))
    metadata[.tokens] = ["p", "q"]
    #expect(metadata["tokenizer.ggml.tokens"] == .array(.string(["p", "q"])))
    metadata[.addsBeginningToken] = true
    #expect(metadata.count == 6)
    metadata[.blockCount] = nil
    #expect(metadata["x.block_count"] == nil)
    #expect(!metadata.keys.contains("x.block_count"))
    #expect(metadata.map(\.key).first == "general.architecture")
    #expect(Int.array(of: [1 << 40]) == .int64([1 << 40]))
  }

  @Test func manyStringsShareTheirStorage() {
    var strings = GGUFStringArray()
    for i in 0..<1000 { strings.append(GGUFString("piece \(i)")) }
    #expect(strings.count == 1000)
    #expect(strings[0] == "piece 0")
    #expect(strings[999].stringValue == "piece 999")
    let length = strings.withBytes(at: 10) { $0.count }
    #expect(length == 8)
    #expect(strings.totalByteCount == strings.reduce(0) { $0 + $1.byteCount })
    #expect(Set(strings).count == 1000)
  }

  @Test func errorsAreOneLine() {
    let error = GGUFError(
      .invalidTensor, "message", at: .tensor("a\nb\u{7F}" + String(repeating: "x", count: 500)),
      cause: "cause")
    #expect(!error.description.contains("\n"))
    #expect(error.description.count < 200)
    #expect(error.description.hasSuffix(": cause"))
    #expect("\(GGUFError.Code.notGGUF)" == "notGGUF")
  }
}
