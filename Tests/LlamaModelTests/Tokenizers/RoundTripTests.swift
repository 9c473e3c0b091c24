import Foundation
import LlamaModel
import TestSupport
import Testing

struct RoundTripTests {
  @Test(arguments: SmallVocabularies.names)
  func decodingIsTheInverseOfEncoding(name: String) throws {
    let tokenizer = try SmallVocabularies.tokenizer(name)
    var random = SeededRandom(seed: 11)
    for round in 0..<300 {
      let text = RandomText.text(using: &random)
      let comment: Comment = "seed 11, round \(round), \(text.debugDescription)"
      let tokens = tokenizer.encode(text, options: [])
      #expect(tokenizer.decode(tokens).utf8.elementsEqual(text.utf8), comment)
      let parsed = tokenizer.encode(text, options: .parseSpecial)
      let shown = tokenizer.decode(parsed, options: .showSpecial)
      #expect(shown.utf8.elementsEqual(text.utf8), comment)
      // What a user writes never becomes a control token.
      #expect(tokens.allSatisfy { tokenizer.vocabulary.type(of: $0) != .control }, comment)
    }
  }

  /// How many texts are tried with each real vocabulary: few, unless the environment asks for more.
  private static let count =
    ProcessInfo.processInfo.environment["CRIA_ROUND_TRIPS"].flatMap { Int($0) } ?? 100

  @Test(
    .enabled(if: Fixtures.isAvailable, "\(Fixtures.missing)"),
    // Falcon's and StarCoder's have no pieces for some bytes.
    arguments: ["llama-spm", "phi-3", "llama-bpe", "gpt-2", "qwen2", "gemma-4"])
  func decodingIsTheInverseOfEncodingForRealVocabularies(name: String) throws {
    let vocabulary = try #require(TokenizerFixtureTests.vocabularies[name])
    let tokenizer = try TokenizerRegistry.makeTokenizer(vocabulary: vocabulary)
    var random = SeededRandom(seed: 13)
    for round in 0..<Self.count {
      var text = RandomText.text(using: &random)
      if round % 4 == 0 {
        // Bytes that are no UTF-8, as far as a text can hold them.
        let bytes = (0..<20).map { _ in UInt8.random(in: .min ... .max, using: &random) }
        text += String(decoding: bytes, as: UTF8.self)
      }
      let tokens = tokenizer.encode(text, options: [])
      #expect(
        tokenizer.decode(tokens).utf8.elementsEqual(text.utf8),
        "seed 13, round \(round), \(text.debugDescription)")
    }
  }

  @Test(arguments: SmallVocabularies.names)
  func streamingGivesTheSameText(name: String) throws {
    let tokenizer = try SmallVocabularies.tokenizer(name)
    var random = SeededRandom(seed: 12)
    for round in 0..<200 {
      let comment: Comment = "seed 12, round \(round)"
      var tokens = tokenizer.encode(RandomText.text(using: &random), options: .addSpecial)
      // Tokens as a bad model gives them: bytes that are no UTF-8, and ids that do not exist.
      for _ in 0..<round % 7 where !tokens.isEmpty {
        let token = Int.random(in: -1...tokenizer.vocabulary.count, using: &random)
        tokens.insert(token, at: Int.random(in: 0...tokens.count, using: &random))
      }
      for options: DecodingOptions in [[], .showSpecial, .continuation] {
        let whole = tokenizer.decode(tokens, options: options)
        var decoder = StreamingDecoder(tokenizer, options: options)
        var pieces: [String] = []
        for token in tokens {
          let piece = decoder.append(token)
          pieces.append(piece)
          #expect(whole.utf8.starts(with: pieces.joined().utf8), comment)
        }
        pieces.append(decoder.finish())
        #expect(pieces.joined().utf8.elementsEqual(whole.utf8), comment)
      }
    }
  }

  @Test func streamingHoldsBackUntilACharacterIsWhole() throws {
    let tokenizer = try SmallVocabularies.tokenizer("gpt-2")
    var decoder = StreamingDecoder(tokenizer)
    let llama = tokenizer.encode("🦙", options: [])
    #expect(llama.count == 4)
    #expect(llama.map { decoder.append($0) } == ["", "", "", "🦙"])
    // Broken off by another character, by an end, and by a byte that cannot follow.
    #expect(decoder.append(llama[0]) == "")
    #expect(decoder.append(llama[1]) == "")
    #expect(decoder.append(tokenizer.encode("a", options: [])[0]) == "\u{FFFD}a")
    #expect(decoder.append(llama[0]) == "")
    #expect(decoder.append(llama[0]) == "\u{FFFD}")
    #expect(decoder.finish() == "\u{FFFD}")
    #expect(decoder.finish() == "")
  }

  @Test func everySplitOfEveryByteSequenceAgrees() throws {
    // All pairs of bytes after a start that leaves every state of the decoder.
    let tokenizer = try SmallVocabularies.tokenizer("gpt-2")
    let tokens = (0...255).map { byte in
      tokenizer.vocabulary.count > byte ? byte : 0
    }
    let interesting = tokens.filter {
      let byte = tokenizer.bytes(of: $0, options: [])[0]
      return byte == 0x41 || byte >= 0x80 && (byte & 0x0F == 0 || byte & 0x0F == 4 || byte >= 0xED)
    }
    var failures = 0
    for first in interesting {
      for second in interesting {
        for third in interesting {
          var decoder = StreamingDecoder(tokenizer)
          let sequence = [first, second, third]
          var streamed = ""
          for token in sequence { streamed += decoder.append(token) }
          streamed += decoder.finish()
          let whole = tokenizer.decode(sequence)
          if !streamed.utf8.elementsEqual(whole.utf8) { failures += 1 }
        }
      }
    }
    #expect(failures == 0)
  }
}
