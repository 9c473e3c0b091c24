import Sampling
import Testing

/// Schemas and grammars that ask for too much: each is refused with an error, or works, in bounded
/// time and memory.
@Suite(.timeLimit(.minutes(2)))
struct MalformedInputTests {
  /// A schema by the number of times that something in it is repeated.
  static let schemas: [(name: String, text: String)] = [
    ("arrays within arrays", nested("{\"items\":", 250, "true", "}")),
    ("allOf within allOf", nested("{\"allOf\":[", 120, "{\"type\":\"null\"}", "]}")),
    ("not within not", nested("{\"not\":", 200, "{\"type\":\"null\"}", "}")),
    ("if within if", nested("{\"then\":true,\"if\":", 100, "{\"type\":\"null\"}", "}")),
    (
      "a long chain of references",
      "{\"$ref\":\"#/$defs/d0\",\"$defs\":{"
        + (0..<400).map { "\"d\($0)\":{\"$ref\":\"#/$defs/d\($0 + 1)\"}," }.joined()
        + "\"d400\":{\"type\":\"null\"}}}"
    ),
    (
      "a circle of references",
      ##"{"$ref":"#/$defs/a","$defs":{"a":{"$ref":"#/$defs/b"},"b":{"$ref":"#/$defs/a"}}}"##
    ),
    ("a circle through anyOf", ##"{"anyOf":[{"$ref":"#"},{"type":"null"}]}"##),
    ("a circle through oneOf and not", ##"{"oneOf":[{"not":{"$ref":"#"}},{"type":"null"}]}"##),
    ("a circle through if", ##"{"if":{"$ref":"#"},"then":false}"##),
    (
      "a value that never ends",
      ##"{"type":"object","required":["a"],"properties":{"a":{"$ref":"#"}}}"##
    ),
    (
      "patterns that need many states",
      "{\"patternProperties\":{"
        + (0..<8).map { "\"a.{\($0 + 4)}b\":{\"minimum\":\($0)}" }.joined(separator: ",") + "}}"
    ),
    ("a pattern that repeats repetitions", #"{"pattern":"((a{1,900}){1,900}){1,900}"}"#),
    ("a pattern of many brackets", "{\"pattern\":\"" + nested("(", 5000, "a", ")*") + "\"}"),
    ("a range of characters that ends before it begins", #"{"pattern":"[z-a]"}"#),
    ("lengths beyond all memory", #"{"minLength":999999999,"maxLength":1000000000000}"#),
    ("lengths with a pattern", #"{"minLength":99999999,"pattern":"^a*$"}"#),
    ("numbers beyond all exponents", #"{"minimum":1e400,"maximum":1e4000}"#),
    ("exponents beyond the parser's", #"{"minimum":1e999999999999}"#),
    ("tiny steps", #"{"multipleOf":1e-399,"type":"integer","minimum":0.5,"maximum":1.5}"#),
    (
      "steps without a common multiple",
      "{\"allOf\":["
        + [3, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61]
        .map { "{\"multipleOf\":\($0)}" }.joined(separator: ",") + "]}"
    ),
    (
      "many constants",
      "{\"enum\":[" + (0..<800).map { "\"c\($0)\"" }.joined(separator: ",") + "]}"
    ),
    ("many numbers", "{\"enum\":[" + (0..<500).map(String.init).joined(separator: ",") + "]}"),
    (
      "many required keys",
      "{\"required\":[" + (0..<300).map { "\"k\($0)\"" }.joined(separator: ",") + "]}"
    ),
    ("more keys than there can be", #"{"minProperties":9999999,"propertyNames":{"maxLength":1}}"#),
    ("more elements than there can be", #"{"minItems":99999999,"maxItems":99999999999999}"#),
    (
      "alternatives times alternatives",
      "{\"allOf\":["
        + (0..<14).map {
          "{\"oneOf\":[{\"required\":[\"a\($0)\"]},{\"required\":[\"b\($0)\"]}]}"
        }.joined(separator: ",") + "]}"
    ),
    (
      "many that exclude one another",
      "{\"oneOf\":["
        + (0..<24).map { "{\"properties\":{\"k\":{\"const\":\($0)}},\"required\":[\"k\"]}" }
        .joined(separator: ",") + "]}"
    ),
    (
      "references that double",
      "{\"$ref\":\"#/$defs/d0\",\"$defs\":{"
        + (0..<40).map {
          "\"d\($0)\":{\"type\":\"array\",\"minItems\":2,\"items\":{\"$ref\":\"#/$defs/d\($0 + 1)\"}},"
        }.joined() + "\"d40\":{\"type\":\"null\"}}}"
    ),
  ]

  static let grammars: [(name: String, text: String)] = [
    ("a rule that begins with itself", "root ::= root \"a\" | \"b\""),
    (
      "rules that begin with each other",
      "root ::= a \"x\"\na ::= b? c\nb ::= \"b\"\nc ::= root | \"c\""
    ),
    ("a rule of nothing but itself", "root ::= root?"),
    ("empty things again and again", "root ::= (\"\"*)*"),
    ("what may be empty again and again", "root ::= ((\"a\"?)*)+ \"b\""),
    ("many brackets", "root ::= " + nested("(", 5_000, "\"a\"", ")")),
    ("brackets that do not end", "root ::= " + String(repeating: "(", count: 50_000)),
    ("repetitions of repetitions", "root ::= ((((\"a\"{1,999}){1,999}){1,999}){1,999}){1,999}"),
    ("a repetition that ends before it begins", "root ::= \"a\"{5,2}"),
    ("a repetition of many optional things", "root ::= (\"a\"? \"b\"?){500} \"c\""),
    ("a long text", "root ::= \"" + String(repeating: "x", count: 30_000) + "\""),
    ("a text without an end", "root ::= \"abc"),
    ("a range that ends before it begins", "root ::= [z-a]"),
    ("an empty set of characters", "root ::= []"),
    ("many alternatives", "root ::= " + (0..<800).map { "\"w\($0)\"" }.joined(separator: " | ")),
    ("rules that never end", "root ::= \"a\" x\nx ::= \"b\" root"),
    ("odd bytes", "root ::= \"\\x\"\n\u{0}"),
  ]

  private static func nested(_ open: String, _ count: Int, _ core: String, _ close: String)
    -> String
  {
    String(repeating: open, count: count) + core + String(repeating: close, count: count)
  }

  @Test(arguments: schemas.indices)
  func schemasAreRefusedOrWork(index: Int) throws {
    let (name, text) = Self.schemas[index]
    do throws(SchemaError) {
      let constraint = try GrammarConstraint(
        schema: JSONSchema(text), tokens: SchemaTests.tokens)
      try? use(ConstraintReader(constraint), name)
    } catch {
      #expect(!error.message.isEmpty, "\(name)")
    }
  }

  @Test(arguments: grammars.indices)
  func grammarsAreRefusedOrWork(index: Int) throws {
    let (name, text) = Self.grammars[index]
    do throws(GrammarError) {
      let constraint = try GrammarConstraint(grammar: Grammar(text), tokens: SchemaTests.tokens)
      try? use(ConstraintReader(constraint), name)
    } catch {
      #expect(!error.message.isEmpty, "\(name)")
    }
  }

  /// Takes the first tokens that are allowed, and completes the text.
  private func use(_ reader: ConstraintReader, _ name: String) throws {
    for _ in 0..<20 {
      guard let token = (0..<256).first(where: { reader.allows($0) }) else { break }
      let isRead = reader.read(token)
      #expect(isRead, "\(name)")
    }
    // What cannot be completed within the limit has no completion.
    guard let rest = reader.completion() else { return }
    #expect(reader.read(rest), "\(name)")
    #expect(reader.isComplete, "\(name)")
  }
}
