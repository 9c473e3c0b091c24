import Sampling
import Testing

struct SchemaErrorTests {
  @Test(arguments: [
    ("{", SchemaError.Code.notJSON, "", "1"), ("{\"a\":1,\"a\":2}", .notJSON, "", "7"),
    ("5", .invalidSchema, "", ""), (#"{"type":"text"}"#, .invalidSchema, "type", ""),
    (#"{"properties":{"a":{"minimum":"x"}}}"#, .invalidSchema, "minimum", "/properties/a"),
    (
      #"{"properties":{"a/b":{"uniqueItems":true}}}"#, .unsupported, "uniqueItems",
      "/properties/a~1b"
    ),
    (#"{"minLenght":3}"#, .unsupported, "minLenght", ""),
    (#"{"items":{"contains":{}}}"#, .unsupported, "contains", "/items"),
    (#"{"format":"colour"}"#, .unsupported, "format", ""),
    (#"{"pattern":"(?=a)"}"#, .unsupported, "pattern", ""),
    (#"{"pattern":"a\\b"}"#, .unsupported, "pattern", ""),
    (#"{"pattern":"(a"}"#, .unsupported, "pattern", ""),
    (#"{"pattern":"(a)\\1"}"#, .unsupported, "pattern", ""),
    (##"{"$ref":"#/$defs/x"}"##, .unresolvedReference, "$ref", ""),
    (##"{"$ref":"#"}"##, .unresolvedReference, "$ref", ""),
    (
      ##"{"anyOf":[{"$ref":"#/$defs/a"}],"$defs":{"a":{"allOf":[{"$ref":"#/$defs/a"}]}}}"##,
      .unresolvedReference, "$ref", "/$defs/a/allOf/0"
    ),
    (#"{"$ref":"http://elsewhere/x"}"#, .unresolvedReference, "$ref", ""),
    ("false", .unsatisfiable, "", ""),
    (#"{"type":"integer","minimum":5,"maximum":4}"#, .unsatisfiable, "", ""),
    (#"{"type":"integer","exclusiveMinimum":1,"exclusiveMaximum":2}"#, .unsatisfiable, "", ""),
    (#"{"type":"object","required":["a"],"properties":{"a":false}}"#, .unsatisfiable, "", ""),
    (
      ##"{"type":"object","required":["a"],"properties":{"a":{"$ref":"#"}}}"##, .unsatisfiable, "",
      ""
    ),
    (#"{"type":"string","pattern":"^a$","minLength":2}"#, .unsatisfiable, "", ""),
    (#"{"type":"string","pattern":"(a|b)*a(a|b){20}$"}"#, .tooLarge, "pattern", ""),
    (#"{"type":"string","pattern":"((a{1000}){1000}){1000}"}"#, .tooLarge, "pattern", ""),
    (#"{"not":{"items":{"type":"string"}},"type":"array"}"#, .unsupported, "not", ""),
  ])
  func refuses(_ schema: String, code: SchemaError.Code, keyword: String, pointer: String) {
    do throws(SchemaError) {
      _ = try GrammarConstraint(schema: JSONSchema(schema), tokens: SchemaTests.tokens)
      Issue.record("accepted \(schema)")
    } catch {
      #expect(error.code == code, "\(schema): \(error)")
      #expect([error.keyword, error.pointer] == [keyword, pointer], "\(schema): \(error)")
    }
  }

  @Test func boundsWhatMalformedSchemasCost() throws {
    let deep = String(repeating: "{\"items\":", count: 100_000) + "{}"
    #expect(throws: SchemaError.self) { try JSONSchema(deep) }
    // Each level doubles the alternatives.
    let pair = (0..<30).map { #"{"anyOf":[{"required":["a\#($0)"]},{"required":["b\#($0)"]}]}"# }
    #expect(throws: SchemaError.self) {
      try GrammarConstraint(
        schema: JSONSchema(#"{"allOf":[\#(pair.joined(separator: ","))]}"#),
        tokens: SchemaTests.tokens)
    }
    let reader = try ConstraintReader(
      schema: #"{"type":"array","minItems":100000000}"#, tokens: SchemaTests.tokens)
    #expect(reader.completion() == nil)
    #expect(reader.read("[1,2,3"))
  }
}
