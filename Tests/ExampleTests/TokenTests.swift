import Foundation
import TestSupport
import Testing

struct TokenTests {
  private struct Tokens: Decodable {
    var tokens: [Int]
  }

  private struct Text: Decodable {
    var text: String
  }

  private struct Case: Decodable {
    var text: String
    var tokens: [Int]
    var tokens_special: [Int]
    var text_out: String
  }

  @Test func tokensTurnBackIntoTheirText() async throws {
    let scratch = try Scratch()
    let model = try scratch.model()
    let text = "Hello, wörld! 🦙"
    let tokens: Tokens = try await Executable.cria.run("tokenize", model, text, "--json").json()
    #expect(tokens.tokens.count > 5)
    let list = tokens.tokens.map(String.init).joined(separator: ",")
    let back: Text = try await Executable.cria.run("detokenize", model, list, "--json").json()
    #expect(back.text == text)

    let plain = try await Executable.cria.run("tokenize", model, input: text)
    #expect(plain.output == list + "\n")
    #expect(try await Executable.cria.run("detokenize", model, input: list).output == text + "\n")
  }

  @Test func aTokenizerFileDoes() async throws {
    let scratch = try Scratch()
    let path = try scratch.file(
      "tokenizer.json",
      """
      {"pre_tokenizer": {"type": "WhitespaceSplit"}, "decoder": null,
       "model": {"type": "WordLevel", "vocab": {"<unk>": 0, "Hello": 1, "world": 2}}}
      """)
    for model in [path, scratch.path] {
      let tokens: Tokens = try await Executable.cria.run(
        "tokenize", model, "Hello world", "--json"
      ).json()
      #expect(tokens.tokens == [1, 2])
      let back: Text = try await Executable.cria.run("detokenize", model, "1,2", "--json").json()
      #expect(back.text == "Hello world")
    }
    let broken = try scratch.file("broken.json", "{")
    let outcome = try await Executable.cria.run("tokenize", broken, "a")
    #expect(outcome.status == 65)
    #expect(outcome.errors.contains("broken.json"))
  }

  @Test func beginningAndEndAreAddedOnRequest() async throws {
    let scratch = try Scratch()
    let model = try scratch.model()
    let tokens: Tokens = try await Executable.cria.run("tokenize", model, "a", "--json").json()
    let added: Tokens = try await Executable.cria.run(
      "tokenize", model, "a", "--add-bos", "--json"
    ).json()
    #expect(added.tokens == [1] + tokens.tokens)
    let special: Tokens = try await Executable.cria.run(
      "tokenize", model, "</s>", "--special", "--json"
    ).json()
    #expect(special.tokens.last == 2)
  }

  @Test func aTokenOutsideTheVocabularyIsRefused() async throws {
    let scratch = try Scratch()
    let outcome = try await Executable.cria.run("detokenize", scratch.model(), "1,999999")
    #expect(outcome.status == 65)
    #expect(outcome.errors.contains("999999"))
  }

  @Test(
    .enabled(if: Fixtures.isAvailable, "\(Fixtures.missing)"),
    arguments: ["llama-spm", "gpt-2", "bert-bge"])
  func vocabulariesWithoutTensorsDo(name: String) async throws {
    let scratch = try Scratch()
    let cases: [Case] = try Fixtures.json("tokenizers/\(name).cases.json")
    let model = Fixtures.url("tokenizers/\(name).gguf").path(percentEncoded: false)
    let encoder = JSONEncoder()
    let texts = try scratch.file(
      "texts.json", String(decoding: encoder.encode(cases.map(\.text)), as: UTF8.self))
    let ids = try scratch.file(
      "ids.json", String(decoding: encoder.encode(cases.map(\.tokens)), as: UTF8.self))
    let plain: [[Int]] = try await Executable.cria.run(
      "tokenize", model, "--inputs", texts, "--json"
    ).json()
    #expect(plain == cases.map(\.tokens))
    let special: [[Int]] = try await Executable.cria.run(
      "tokenize", model, "--inputs", texts, "--special", "--add-bos", "--json"
    ).json()
    #expect(special == cases.map(\.tokens_special))
    let back: [String] = try await Executable.cria.run(
      "detokenize", model, "--inputs", ids, "--json"
    ).json()
    #expect(back == cases.map(\.text_out))
  }
}
