import Sampling
import TestSupport
import Testing

struct GrammarTests {
  private static let tokens = ConstraintTokens(ByteVocabulary())

  /// Whether a grammar allows a text, byte by byte.
  static func accepts(_ grammar: String, _ text: String) throws -> Bool {
    try ConstraintReader(grammar: grammar, tokens: tokens).accepts(text)
  }

  static let cases: [(grammar: String, valid: [String], invalid: [String])] = [
    (#"root ::= "a" | "bc""#, ["a", "bc"], ["", "b", "c", "ab", "abc", "bcc"]),
    (#"root ::= [a-c]+"#, ["a", "abcabc"], ["", "d", "abd"]),
    (#"root ::= [^a-c\n]"#, ["d", "é", "日", "😀", "\t"], ["a", "\n", "", "dd"]),
    (#"root ::= [é-ü日]{2}"#, ["éü", "日ö"], ["é", "ée", "ÿÿ", "日本"]),
    (#"root ::= "\x41\u00e9\U0001F600\"\\\n\t\r\[\]""#, ["Aé😀\"\\\n\t\r[]"], ["A", "Aé"]),
    (#"root ::= [\]\[\\"-]*"#, ["", "][\\\"-"], ["a"]),
    (#"root ::= .{2,3}"#, ["ab", "日本語", "\n\n"], ["a", "abcd"]),
    (#"root ::= "x"{3}"#, ["xxx"], ["xx", "xxxx"]),
    (#"root ::= "x"{2,}"#, ["xx", "xxxxxxx"], ["x"]),
    (#"root ::= ("ab"){0,2} "c""#, ["c", "abc", "ababc"], ["ac", "abababc"]),
    (#"root ::= "a"? "b"* "c"+"#, ["c", "abbc", "accc"], ["a", "ab", "aac"]),
    (#"root ::= "abc"*"#, ["", "abc", "abcabc"], ["ab", "abcc"]),
    (#"root ::= """#, [""], ["a"]),
    ("root ::= ( \"a\" |\n  \"b\" # comment\n | ) \"c\"", ["ac", "bc", "c"], ["a", "abc"]),
    ("# start\nroot ::= x |\n  y\n\nx ::= \"1\"  # one\ny ::= \"2\"", ["1", "2"], ["3"]),
    (
      "root ::= list\nlist ::= item (\",\" item)*\nitem ::= [0-9] | \"[\" list \"]\"",
      ["1", "1,2", "[1,[2,3]],4"], ["", "[", "[]", "1,", "[1]]"]
    ),
    (
      "root ::= s\ns ::= \"(\" s \")\" | \"(\" s \"]\" | \"x\"", ["x", "((x])", "(((x]]]"],
      ["(x", "x)"]
    ),
    (#"root ::= ("a"* "b"?)*"#, ["", "a", "bb", "abab"], ["c"]),
    (#"root ::= ("a"*)* "b""#, ["b", "aab"], ["a"]),
    (#"root ::= ("a"? "b"?){2,3}"#, ["", "ab", "abab", "ababab", "ba"], ["abababa", "bababab"]),
    (#"root ::= ("a" | "aa"){3}"#, ["aaa", "aaaaaa"], ["aa", "aaaaaaa"]),
    ("root ::= a-1 b\na-1 ::= \"1\"\nb ::= \"2\"", ["12"], ["1"]),
    ("root ::= a\na ::= \"1\"\na ::= \"2\"", ["2"], ["1"]),
  ]

  @Test(arguments: cases.indices)
  func readsTexts(_ index: Int) throws {
    let (grammar, valid, invalid) = Self.cases[index]
    for text in valid { #expect(try Self.accepts(grammar, text), "\(grammar): \(text)") }
    for text in invalid { #expect(try !Self.accepts(grammar, text), "\(grammar): \(text)") }
  }

  @Test(arguments: [
    ("root ::= \"a", GrammarError.Code.syntax, 1, 10),
    ("root ::= [a", .syntax, 1, 10), ("root ::= []", .syntax, 1, 10),
    ("root ::= [z-a]", .syntax, 1, 11), ("root ::= (\"a\"", .syntax, 1, 14),
    ("root ::= \"\\q\"", .syntax, 1, 12), ("root ::= \"\\xg\"", .syntax, 1, 13),
    ("root ::= \"\\uD800\"", .syntax, 1, 17), ("root ::= *", .syntax, 1, 10),
    ("root ::= \"a\"{2,1}", .syntax, 1, 18), ("root ::= \"a\"{,2}", .syntax, 1, 14),
    ("root = \"a\"", .syntax, 1, 6), ("root ::= \"a\" )", .syntax, 1, 14),
    ("root ::= \"a\"\n\n  ::= \"b\"", .syntax, 3, 3),
    ("root ::= x", .undefinedRule, 1, 10), ("a ::= \"x\"", .undefinedRule, 1, 10),
    ("", .undefinedRule, 1, 1),
    ("root ::= a\na ::= b \"x\"\nb ::= \"\" a", .leftRecursion, 2, 1),
    ("root ::= root", .leftRecursion, 1, 1),
    ("root ::= \"a\"? root \"b\"", .leftRecursion, 1, 1),
    ("root ::= \"a\" root", .endless, 1, 1),
    ("root ::= \"a\"{99999999}", .tooLarge, 1, 20),
    ("root ::= <[999999]>", .unknownToken, 1, 10), ("root ::= <none>", .unknownToken, 1, 10),
  ])
  func refuses(_ grammar: String, code: GrammarError.Code, line: Int, column: Int) {
    do throws(GrammarError) {
      _ = try GrammarConstraint(grammar: Grammar(grammar), tokens: Self.tokens)
      Issue.record("accepted \(grammar)")
    } catch {
      #expect(error.code == code, "\(grammar): \(error)")
      #expect([error.line, error.column] == [line, column], "\(grammar): \(error)")
    }
  }

  @Test func boundsWhatMalformedGrammarsCost() throws {
    let deep = "root ::= " + String(repeating: "(", count: 100_000)
    #expect(throws: GrammarError.self) { try Grammar(deep) }
    let chain = (0..<20_000).map { "r\($0) ::= \"a\" r\($0 + 1)\n" }.joined()
    let long = "root ::= r0\n" + chain + "r20000 ::= \"b\""
    let constraint = try ConstraintReader(grammar: long, tokens: Self.tokens)
    #expect(constraint.completion()?.count == 20_001)
    let nested = (0..<40).map { "r\($0) ::= r\($0 + 1) r\($0 + 1)\n" }.joined()
    let exponential = "root ::= r0\n" + nested + "r40 ::= \"b\""
    let huge = try ConstraintReader(grammar: exponential, tokens: Self.tokens)
    #expect(huge.completion() == nil)
    #expect(huge.read("bbbb".utf8))
    let ambiguous = try ConstraintReader(
      grammar: "root ::= s\ns ::= \"(\" s \")\" | \"(\" s \"]\" | \"x\" | \"\"", tokens: Self.tokens
    )
    #expect(ambiguous.read(String(repeating: "(", count: 400).utf8))
    #expect(ambiguous.read(String(repeating: ")]", count: 200).utf8))
    #expect(ambiguous.isComplete)
  }

  @Test func tokensCanBeNamed() throws {
    let tokens = ConstraintTokens(ByteVocabulary(["ab"], names: ["<think>", "</think>"]))
    let think = tokens.count - 2
    let constraint = try ConstraintReader(
      grammar: "root ::= <think> !</think>* </think> \"ok\"", tokens: tokens)
    #expect(!constraint.allows(97))
    #expect(constraint.read(think))
    #expect(constraint.read(97))
    #expect(constraint.allows(256))
    #expect(constraint.read(think))
    #expect(!constraint.read(257))
    #expect(constraint.read(think + 1))
    #expect(constraint.forced == "ok")
    #expect(constraint.read("ok".utf8))
    #expect(constraint.isComplete)
    let byID = try ConstraintReader(grammar: "root ::= <[256]>", tokens: tokens)
    #expect(byID.allowedCount == 1)
    #expect(byID.read(256))
    #expect(byID.isComplete)
  }

  @Test func completesWithAShortText() throws {
    for (grammar, valid, _) in Self.cases {
      for text in valid {
        for count in 0...text.utf8.count {
          let constraint = try ConstraintReader(grammar: grammar, tokens: Self.tokens)
          try #require(constraint.read(text.utf8.prefix(count)))
          let end = try #require(constraint.completion())
          #expect(end.count <= text.utf8.count - count, "\(grammar) \(text) \(count)")
          #expect(constraint.read(end), "\(grammar) \(text) \(count)")
          #expect(constraint.isComplete, "\(grammar) \(text) \(count)")
        }
      }
    }
  }
}
