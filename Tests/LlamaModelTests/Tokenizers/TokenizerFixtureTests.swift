import GGUFKit
import LlamaModel
import Foundation
import TestSupport
import Testing

/// What llama.cpp's tokenizers give for real vocabularies.
@Suite(.enabled(if: Fixtures.isAvailable, "\(Fixtures.missing)"), .serialized)
struct TokenizerFixtureTests {
  static let names = [
    "llama-spm", "phi-3", "llama-bpe", "gpt-2", "qwen2", "falcon", "starcoder", "gemma-4",
    "bert-bge",
    "nomic-bert-moe",
  ]

  /// The vocabularies, read once.
  static let vocabularies: [String: Vocabulary] = names.reduce(into: [:]) { all, name in
    guard let file = try? GGUFFile(bytes: Fixtures.bytes("tokenizers/\(name).gguf")) else { return }
    all[name] = try? Vocabulary(metadata: file.metadata)
  }

  struct Case: Decodable {
    var text: String
    var tokens: [Int]
    var tokensSpecial: [Int]
    var textOut: String

    enum CodingKeys: String, CodingKey {
      case text, tokens
      case tokensSpecial = "tokens_special"
      case textOut = "text_out"
    }
  }

  @Test(arguments: names)
  func agreesWithTheReference(name: String) throws {
    let vocabulary = try #require(Self.vocabularies[name])
    let tokenizer = try TokenizerRegistry.makeTokenizer(vocabulary: vocabulary)
    let cases: [Case] = try Fixtures.json("tokenizers/\(name).cases.json")
    #expect(cases.count > 50)
    for fixture in cases {
      let comment: Comment = "\(fixture.text.debugDescription)"
      #expect(tokenizer.encode(fixture.text, options: []) == fixture.tokens, comment)
      #expect(
        tokenizer.encode(fixture.text, options: [.addSpecial, .parseSpecial])
          == fixture.tokensSpecial, comment)
      #expect(tokenizer.decode(fixture.tokens, options: .showSpecial) == fixture.textOut, comment)
      #expect(streamed(fixture.tokens, tokenizer) == fixture.textOut, comment)
    }

    // One vocabulary has no further texts.
    guard name != "nomic-bert-moe" else { return }
    let (texts, tokens) = try Self.lines(of: name)
    #expect(texts.count == tokens.count)
    for (text, expected) in zip(texts, tokens) {
      #expect(tokenizer.encode(text, options: []) == expected, "\(text.debugDescription)")
    }
  }

  private func streamed(_ tokens: [Int], _ tokenizer: any Tokenizer) -> String {
    var decoder = StreamingDecoder(tokenizer, options: .showSpecial)
    return tokens.map { decoder.append($0) }.joined() + decoder.finish()
  }

  /// The texts of `NAME.inp` and the tokens of `NAME.out`.
  private static func lines(of name: String) throws -> ([String], [[Int]]) {
    let input = String(decoding: try Fixtures.bytes("tokenizers/\(name).inp"), as: UTF8.self)
    let output = String(decoding: try Fixtures.bytes("tokenizers/\(name).out"), as: UTF8.self)
    var texts = input.components(separatedBy: "\n__ggml_vocab_test__\n")
    if texts.last == "" { texts.removeLast() }
    var lines = output.components(separatedBy: "\n")
    if lines.last == "" { lines.removeLast() }
    return (texts, lines.map { $0.split(separator: " ").compactMap { Int($0) } })
  }

  @Test func knowsTheSpecialTokens() throws {
    let llama = try #require(Self.vocabularies["llama-bpe"])
    #expect(llama.specialTokens.bos == 128_000)
    #expect(llama.specialTokens.eos == 128_001)
    #expect(llama.specialTokens.eot == 128_009)
    #expect(llama.endOfGeneration == [128_001, 128_009])
    #expect(llama.addBOS)
    let phi = try #require(Self.vocabularies["phi-3"])
    #expect(phi.specialTokens.eot == 32007)
    #expect(phi.endOfGeneration == [2, 32000, 32007])
    #expect(phi.trimsWhitespaceAfter.contains(2) && !phi.trimsWhitespaceAfter.contains(1))
    let gpt = try #require(Self.vocabularies["gpt-2"])
    #expect(gpt.endOfGeneration == [50256])
    #expect(!gpt.addBOS)
  }
}
