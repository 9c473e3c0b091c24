import Foundation
import LlamaModel
import TestSupport
import Testing

struct HuggingFaceTokenizerTests {
  /// What the library gives.
  private struct Expected: Decodable {
    struct Case: Decodable {
      var ids: [Int]
      var text: String
    }

    var texts: [String]
    var tokenizers: [String: [Case]]
  }

  static let names = [
    "llama3", "qwen", "nemo", "cl100k", "kimi", "clip", "gemma", "llama2", "mistral", "bert",
    "roberta", "unibytes", "prefix", "punct", "wordlevel",
  ]

  private static func file(_ name: String) throws -> [UInt8] {
    let url = try #require(
      Bundle.module.url(
        forResource: name, withExtension: "json", subdirectory: "Fixtures/tokenizers"))
    return [UInt8](try Data(contentsOf: url))
  }

  @Test(arguments: names)
  func agreesWithTheLibrary(name: String) throws {
    let expected = try JSONDecoder().decode(
      Expected.self, from: Data(Self.file("expected")))
    let cases = try #require(expected.tokenizers[name])
    let tokenizer = try HuggingFaceTokenizer(json: Self.file(name))
    #expect(cases.count == expected.texts.count && cases.count > 25)
    for (text, fixture) in zip(expected.texts, cases) {
      let comment: Comment = "\(text.debugDescription)"
      let tokens = tokenizer.encode(text, options: [.addSpecial, .parseSpecial])
      #expect(tokens == fixture.ids, comment)
      #expect(tokenizer.decode(tokens).utf8.elementsEqual(fixture.text.utf8), comment)
      // What a user writes never becomes a control token.
      let plain = tokenizer.encode(text, options: [])
      #expect(plain.allSatisfy { tokenizer.vocabulary.type(of: $0) != .control }, comment)
    }
  }

  @Test func knowsTheSpecialTokens() throws {
    let llama = try HuggingFaceTokenizer(json: Self.file("llama3")).vocabulary
    #expect(llama.specialTokens.bos == llama.token(for: "<|begin_of_text|>"))
    #expect(llama.specialTokens.eot == llama.token(for: "<|eot_id|>"))
    #expect(llama.addBOS && !llama.addEOS)
    let bert = try HuggingFaceTokenizer(json: Self.file("bert")).vocabulary
    #expect(bert.addBOS && bert.addEOS)
    #expect(bert.type(of: try #require(bert.token(for: "[UNK]"))) == .unknown)
  }

  /// A file with a vocabulary of words, and another part.
  private static func words(_ part: String) -> [UInt8] {
    Array(
      """
      {"added_tokens": [{"id": 4, "content": "<x>", "special": true}], \(part)
       "model": {"type": "WordLevel", "vocab": {"<unk>": 0, "a": 1, "b": 2, "ab": 3},
                 "unk_token": "<unk>"}}
      """.utf8)
  }

  @Test(arguments: [
    (#"{"type": "Split", "pattern": {"Regex": "(?i:A)|b"}, "behavior": "Isolated"}"#, [1, 2, 1]),
    (#"{"type": "Split", "pattern": {"Regex": "b"}, "behavior": "Removed"}"#, [1, 1]),
    (#"{"type": "Split", "pattern": {"String": "b"}, "behavior": "MergedWithPrevious"}"#, [3, 1]),
    (#"{"type": "Split", "pattern": {"Regex": "ab(?=a)"}, "behavior": "Isolated"}"#, [3, 1]),
    (#"{"type": "Split", "pattern": {"Regex": "ab(?!a)"}, "behavior": "Isolated"}"#, [0]),
    (#"{"type": "Split", "pattern": {"Regex": "[^b]$"}, "behavior": "Isolated"}"#, [3, 1]),
    (#"{"type": "Split", "pattern": {"Regex": "\\p{Ll}{2}"}, "behavior": "Isolated"}"#, [3, 1]),
    (
      #"{"type": "Split", "pattern": {"Regex": "(a|ab)(c|bcd)?"}, "behavior": "Isolated"}"#,
      [1, 2, 1]
    ),
    (#"{"type": "Split", "pattern": {"Regex": "a.*?b?"}, "behavior": "Isolated"}"#, [3, 1]),
    (
      #"{"type": "Split", "pattern": {"Regex": "[a-z&&[^b]]"}, "behavior": "Isolated"}"#, [1, 2, 1]
    ),
    (#"{"type": "CharDelimiterSplit", "delimiter": "b"}"#, [1, 1]),
    (#"{"type": "Whitespace"}"#, [0]),
  ])
  func patternsCut(preTokenizer: String, expected: [Int]) throws {
    let tokenizer = try HuggingFaceTokenizer(
      json: Self.words(#""pre_tokenizer": \#(preTokenizer),"#))
    #expect(tokenizer.encode("aba", options: []) == expected)
  }

  @Test func patternsTakeLinearTime() throws {
    let pattern = #"(?:a*)*b|(a|a)*c"#
    let tokenizer = try HuggingFaceTokenizer(
      json: Self.words(
        #""pre_tokenizer": {"type": "Split", "pattern": {"Regex": "\#(pattern)"}, "behavior": "Isolated"},"#
      ))
    #expect(tokenizer.encode(String(repeating: "a", count: 3_000), options: []) == [0])
  }

  @Test(arguments: [
    (#"{"type": "Split", "pattern": {"Regex": "(?<=a)b"}}"#, ModelError.Code.unsupportedTokenizer),
    (#"{"type": "Split", "pattern": {"Regex": "(?=ab)"}}"#, .unsupportedTokenizer),
    (#"{"type": "Split", "pattern": {"Regex": "a{1,5000}"}}"#, .unsupportedTokenizer),
    (#"{"type": "Split", "pattern": {"Regex": "((a{900}){900}){900}"}}"#, .unsupportedTokenizer),
    (
      #"{"type": "Split", "pattern": {"Regex": "((((){900}){900}){900}){900}"}}"#,
      .unsupportedTokenizer
    ),
    (#"{"type": "Split", "pattern": {"Regex": "[a"}}"#, .unsupportedTokenizer),
    (#"{"type": "Split", "pattern": {"Regex": "(a"}}"#, .unsupportedTokenizer),
    (#"{"type": "Split", "pattern": {"Regex": "\\p{Xx}"}}"#, .unsupportedTokenizer),
    (#"{"type": "Split", "pattern": {"Regex": "a\\"}}"#, .unsupportedTokenizer),
    (#"{"type": "Split", "pattern": {}}"#, .invalidConfiguration),
    (#"{"type": "Mystery"}"#, .unsupportedTokenizer),
    (#"{"type": "CharDelimiterSplit"}"#, .invalidConfiguration),
  ])
  func whatIsUnknownIsRefused(preTokenizer: String, code: ModelError.Code) {
    let error = #expect(throws: ModelError.self) {
      try HuggingFaceTokenizer(json: Self.words(#""pre_tokenizer": \#(preTokenizer),"#))
    }
    #expect(error?.code == code)
  }

  @Test(arguments: [
    "", "{", "[1,]", "{\"a\" 1}", "{\"a\": tru}", "\"\\u12\"", "\"\\ud800\"", "\"\u{1}\"", "01x",
    "{}", "{\"model\": 1}", "{\"model\": {\"type\": \"BPE\", \"vocab\": {\"a\": -1}}}",
    "{\"model\": {\"type\": \"BPE\", \"vocab\": {}}}",
    "{\"model\": {\"type\": \"BPE\", \"vocab\": {\"a\": 1e9}}}",
    "{\"model\": {\"type\": \"BPE\", \"vocab\": {\"a\": 0}, \"merges\": [\"a\"]}}",
    "{\"model\": {\"type\": \"Unigram\", \"vocab\": [[1, 2]]}}",
    "{\"model\": {\"type\": \"Mystery\", \"vocab\": {\"a\": 0}}}",
    "{\"added_tokens\": [{}]}",
    """
    {"added_tokens": [{"id": 9000000, "content": "x"}],
     "model": {"type": "WordLevel", "vocab": {"a": 0}}}
    """,
    """
    {"post_processor": {"type": "BertProcessing", "cls": ["a", 7], "sep": ["a", 0]},
     "model": {"type": "WordLevel", "vocab": {"a": 0}}}
    """,
  ])
  func malformedFilesAreRefused(text: String) {
    #expect(throws: ModelError.self) { try HuggingFaceTokenizer(json: Array(text.utf8)) }
  }

  /// A dash of Unicode 9, a dash of Unicode 8 and a character that was punctuation until then, as
  /// `tokenizers` 0.23.3 takes them: three unknown words where it is cut, one where it is not.
  @Test(arguments: [("\u{2E43}", 1), ("\u{2E42}", 3), ("\u{166D}", 3)])
  func punctuationIsThatOfUnicode8(text: (String, Int)) throws {
    let json = """
      {"pre_tokenizer": {"type": "Punctuation", "behavior": "Isolated"},
       "model": {"type": "WordLevel", "unk_token": "?", "vocab": {"?": 0}}}
      """
    let tokenizer = try HuggingFaceTokenizer(json: Array(json.utf8))
    #expect(tokenizer.encode("a\(text.0)a", options: []).count == text.1)
  }

  /// What `tokenizers` 0.23.3 gives: a token that must stand alone is a piece like any other within a
  /// word; one that need not is found before words are made.
  @Test(arguments: [true, false], [("thee", [0, 2]), ("the", [0])])
  func tokensThatStandAloneArePieces(isSingleWord: Bool, text: (String, [Int])) throws {
    let json = """
      {"added_tokens": [{"id": 0, "content": "the", "special": true, "single_word": \(isSingleWord)}],
       "model": {"type": "Unigram", "unk_id": null,
                 "vocab": [["the", -1], ["t", -2], ["e", -2], ["h", -2]]}}
      """
    let tokenizer = try HuggingFaceTokenizer(json: Array(json.utf8))
    #expect(tokenizer.encode(text.0, options: [.parseSpecial]) == text.1)
  }

  @Test func deepNestingIsRefused() {
    let text = String(repeating: "[", count: 100_000)
    #expect(throws: ModelError.self) { try HuggingFaceTokenizer(json: Array(text.utf8)) }
  }

  @Test func brokenFilesNeverTrap() throws {
    let bytes = try Self.file("bert")
    var random = SeededRandom(seed: 21)
    for _ in 0..<60 {
      var broken = bytes
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let index = Int.random(in: 0..<broken.count, using: &random)
        broken[index] = UInt8.random(in: .min ... .max, using: &random)
      }
      if let tokenizer = try? HuggingFaceTokenizer(json: broken) {
        let tokens = tokenizer.encode("Hello, wörld! <s>")
        _ = tokenizer.decode(tokens)
      }
    }
  }
}
