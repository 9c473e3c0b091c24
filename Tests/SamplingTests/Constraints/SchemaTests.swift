import Sampling
import TestSupport
import Testing

struct SchemaTests {
  static let tokens = ConstraintTokens(ByteVocabulary())

  /// Whether a schema allows a text, byte by byte.
  static func accepts(
    _ schema: String, _ text: String, _ spelling: JSONSchema.Spelling = .any
  ) throws -> Bool {
    try ConstraintReader(schema: schema, spelling: spelling, tokens: tokens).accepts(text)
  }

  @Test(arguments: SchemaCase.all)
  func readsValues(_ item: SchemaCase) throws {
    let constraint = try ConstraintReader(schema: item.schema, tokens: Self.tokens)
    for text in item.valid { #expect(constraint.accepts(text), "\(item.schema): \(text)") }
    for text in item.invalid { #expect(!constraint.accepts(text), "\(item.schema): \(text)") }
  }

  @Test(arguments: SchemaCase.all)
  func everyBeginningCanBeCompleted(_ item: SchemaCase) throws {
    let constraint = try ConstraintReader(schema: item.schema, tokens: Self.tokens)
    for text in item.valid {
      for count in 0...text.utf8.count {
        constraint.reset()
        try #require(constraint.read(text.utf8.prefix(count)))
        let end = try #require(
          constraint.completion(), "\(item.schema): \(text.utf8.prefix(count))")
        let whole = String(decoding: text.utf8.prefix(count) + end, as: UTF8.self)
        #expect(constraint.read(end), "\(item.schema): \(whole)")
        #expect(constraint.isComplete, "\(item.schema): \(whole)")
      }
    }
  }
}

/// A schema with values that it allows and others.
struct SchemaCase: Sendable, CustomTestStringConvertible {
  var schema: String
  var valid: [String]
  var invalid: [String]

  init(_ schema: String, _ valid: [String], _ invalid: [String]) {
    self.schema = schema
    self.valid = valid
    self.invalid = invalid
  }

  var testDescription: String { schema }

  static let all: [SchemaCase] = [
    SchemaCase(
      "true", ["1", " { \"a\" : [ 1e5 , null ] } ", "\"\\u0041\"", "-0.5E-3"],
      [
        "", "{", "[1,]", "{\"a\":1,}", "01", "1.", ".5", "+1", "'a'", "nul", "\"\\x\"", "\"\n\"",
        "1 2",
        "{\"a\":1,\"a\":2}", "{\"a\":1,\"\\u0061\":2}", "\"\\uD800\"", "\"\\uDC00\"",
      ]),
    SchemaCase(
      #"{"type":"integer"}"#, ["0", "-5", "12345678901234567890123", "1.0", "1e2", "10e-1", "-0"],
      ["1.5", "1e-1", "\"1\"", "true", "null", "-", "1."]),
    SchemaCase(#"{"type":"number"}"#, ["0", "1.5", "1e400", "-2E+3"], ["\"1\"", "[]"]),
    SchemaCase(#"{"type":["string","null"]}"#, ["\"\"", "null"], ["1", "true"]),
    SchemaCase(#"{"type":"boolean"}"#, ["true", "false"], ["0", "\"true\"", "tru"]),
    SchemaCase(
      #"{"minimum":3,"type":"integer","maximum":12}"#, ["3", "12", "7", "11.0", "30e-1", "0.4e1"],
      ["2", "13", "31", "1.5", "2.9", "-3", "3e1"]),
    SchemaCase(
      #"{"minimum":-2.5,"exclusiveMaximum":1.25}"#,
      ["-2.5", "0", "1.249", "\"x\"", "-1e-5", "null"],
      ["-2.51", "1.25", "2", "-3", "12"]),
    SchemaCase(
      #"{"type":"integer","exclusiveMinimum":0}"#, ["1", "99999999999999999999"],
      ["0", "-1", "0.5"]),
    SchemaCase(
      #"{"type":"number","multipleOf":0.01}"#, ["1.25", "0", "-3", "4.5e-1"], ["1.255", "0.001"]),
    SchemaCase(
      #"{"type":"integer","multipleOf":7,"minimum":15,"maximum":30}"#, ["21", "28"],
      ["14", "15", "35", "7"]),
    SchemaCase(
      #"{"enum":["a","b\"c",1.5,null,[1,{"x":2}],{"k":true,"l":[]}]}"#,
      [
        "\"a\"", "\"\\u0061\"", "\"b\\\"c\"", "\"b\\u0022c\"", "1.50", "15e-1", "null",
        "[ 1 , {\"x\":2.0} ]",
        "{\"l\":[],\"k\":true}",
      ],
      [
        "\"b\"", "\"ab\"", "1", "[1]", "[1,{\"x\":2},3]", "{\"k\":true}",
        "{\"k\":true,\"l\":[],\"m\":1}",
      ]),
    SchemaCase(#"{"const":0}"#, ["0", "0.0", "-0", "0e5"], ["false", "null", "1", "\"0\""]),
    SchemaCase(
      #"{"type":"string","minLength":2,"maxLength":3}"#,
      ["\"ab\"", "\"日本語\"", "\"\\uD83D\\uDE00😀\"", "\"\\n\\\"\""],
      ["\"a\"", "\"abcd\"", "\"\"", "\"😀\""]),
    SchemaCase(
      #"{"type":"string","pattern":"^[a-z]+[0-9]{2,3}$"}"#, ["\"a12\"", "\"\\u0061b123\""],
      ["\"a1\"", "\"12\"", "\"a1234\"", "\"A12\""]),
    SchemaCase(
      #"{"propertyNames":{"maxLength":1},"required":["y"]}"#,
      ["{\"a\":1,\"y\":2}", "{\"\":0,\"b\":1,\"y\":2,\"\\u0061\":3}"],
      ["{\"a\":1,\"a\":1,\"y\":2}", "{\"a\":1}", "{\"ab\":1,\"y\":2}"]),
    SchemaCase(
      #"{"minLength":3,"maxLength":2,"pattern":"^a"}"#, ["1"], ["\"abc\"", "\"ab\""]),
    SchemaCase(
      #"{"type":"integer","minimum":101,"maximum":119}"#, ["101", "119", "0.11e3"], ["100", "0"]),
    SchemaCase(#"{"type":"string","pattern":"b+"}"#, ["\"abc\"", "\"b\""], ["\"\"", "\"ac\""]),
    SchemaCase(
      #"{"pattern":"^(?:x|yz)?$|^\\d{2}$","minLength":1}"#, ["\"x\"", "\"yz\"", "\"42\"", "7"],
      ["\"\"", "\"y\"", "\"421\""]),
    SchemaCase(
      #"{"format":"date","type":"string"}"#, ["\"2024-02-29\"", "\"1999-12-31\""],
      ["\"2023-02-29\"", "\"1900-02-29\"", "\"2024-13-01\"", "\"2024-04-31\"", "\"2024-1-01\""]),
    SchemaCase(
      #"{"format":"date-time"}"#,
      [
        "\"1990-12-31T23:59:60Z\"", "\"1985-04-12t23:20:50.52z\"",
        "\"1996-12-19T16:39:57-08:00\"", "5",
      ],
      [
        "\"1990-12-31T15:59:60Z\"", "\"1990-12-31 15:59:50Z\"", "\"1998-12-31T23:59:61Z\"",
        "\"2013-350T01:01:01\"",
      ]),
    SchemaCase(
      #"{"format":"ipv4"}"#, ["\"192.168.0.1\"", "\"0.0.0.0\""],
      ["\"256.0.0.1\"", "\"1.2.3\"", "\"01.2.3.4\"", "\"1.2.3.4.5\""]),
    SchemaCase(
      #"{"format":"ipv6"}"#,
      [
        "\"::1\"", "\"::\"", "\"1:2:3:4:5:6:7:8\"", "\"12:34::56\"", "\"::ffff:1.2.3.4\"",
        "\"1:2::8\"", "\"::42:ff:1\"", "\"d6::\"",
      ],
      [
        "\"1::2::3\"", "\"12345::\"", "\"1:2:3:4:5:6:7\"", "\":2:3\"", "\"1:2:3:4:5:6:7:8:9\"",
        "\"1:2:3:4:5:6:7:\"",
      ]),
    SchemaCase(
      #"{"format":"uuid"}"#, ["\"2EB8AA08-aa98-11ea-b4aa-73b441d16380\""],
      ["\"2eb8aa08-aa98-11ea-b4aa-73b441d1638\"", "\"2eb8aa08aa9811eab4aa73b441d16380\""]),
    SchemaCase(
      #"{"format":"email"}"#, ["\"joe.bloggs@example.com\"", "\"te~st@x.y\"", "\"\\\"a b\\\"@x\""],
      ["\"2962\"", "\".a@x.y\"", "\"a..b@x\"", "\"a@\""]),
    SchemaCase(
      #"{"format":"duration"}"#,
      ["\"P4DT12H30M5S\"", "\"PT36H\"", "\"P2W\"", "\"P1Y2M3D\"", "\"PT0S\""],
      ["\"P\"", "\"P1YT\"", "\"P2D1Y\"", "\"P1Y2W\"", "\"1Y\""]),
    SchemaCase(
      #"{"format":"uri"}"#,
      ["\"http://foo.bar/?baz=qux#quux\"", "\"mailto:a@b.c\"", "\"urn:x:y\""],
      ["\"//foo.bar\"", "\"/abc\"", "\"http:// x\"", "\"a b\"", "\":// x\""]),
    SchemaCase(
      #"{"type":"array","items":{"type":"integer"},"minItems":1,"maxItems":3}"#,
      ["[1]", "[ 1 ,2, 3]"], ["[]", "[1,2,3,4]", "[\"a\"]", "[1", "{}"]),
    SchemaCase(
      #"{"prefixItems":[{"type":"string"},{"const":1}],"items":false}"#,
      ["[]", "[\"a\"]", "[\"a\",1]", "5"], ["[1]", "[\"a\",2]", "[\"a\",1,1]"]),
    SchemaCase(
      #"{"type":"array","prefixItems":[{"type":"null"}],"items":{"type":"boolean"},"minItems":2}"#,
      ["[null,true]", "[null,true,false]"], ["[null]", "[]", "[true,true]", "[null,1]"]),
    SchemaCase(
      #"{"type":"object","properties":{"foo":{"type":"integer"},"bar":{"type":"string"}},"required":["foo"]}"#,
      [
        "{\"foo\":1}", "{\"bar\":\"x\",\"foo\":1}", "{ \"foo\" : 1 , \"baz\" : [] }",
        "{\"f\\u006fo\":1}", "{\"fo\":2,\"foo\":1}",
      ],
      [
        "{}", "{\"bar\":\"x\"}", "{\"foo\":\"1\"}", "{\"foo\":1,\"bar\":2}",
        "{\"foo\":1,\"foo\":1}", "{\"foo\":1,\"\\u0066oo\":1}", "[]",
      ]),
    SchemaCase(
      #"{"type":"object","properties":{"a":true,"ab":true,"abc":{"type":"null"}},"additionalProperties":false}"#,
      ["{}", "{\"ab\":1,\"a\":2,\"abc\":null}"],
      ["{\"abcd\":1}", "{\"b\":1}", "{\"a\":1,\"a\":1}", "{\"\":1}"]),
    SchemaCase(
      #"{"properties":{"a":{"type":"null"}},"additionalProperties":{"type":"integer"}}"#,
      ["{\"a\":null,\"b\":1}", "{\"c\":3,\"b\":1}", "7"],
      ["{\"a\":1}", "{\"b\":null}", "{\"b\":1,\"b\":2}"]),
    SchemaCase(
      #"{"patternProperties":{"^x":{"type":"integer"},"y$":{"minimum":5}},"additionalProperties":false}"#,
      ["{\"x\":1}", "{\"y\":\"s\"}", "{\"xy\":5}", "{}"],
      ["{\"x\":\"a\"}", "{\"xy\":4}", "{\"xy\":\"a\"}", "{\"z\":1}", "{\"y\":4}"]),
    SchemaCase(
      #"{"properties":{"foo":{"type":"string"}},"patternProperties":{"o":{"minLength":2}}}"#,
      ["{\"foo\":\"ab\"}", "{\"o\":1}"], ["{\"foo\":\"a\"}", "{\"xo\":\"a\"}", "{\"foo\":12}"]),
    SchemaCase(
      #"{"propertyNames":{"maxLength":2}}"#, ["{}", "{\"a\":1,\"bc\":2}"], ["{\"abc\":1}"]),
    SchemaCase(
      #"{"propertyNames":{"enum":["a","b"]},"minProperties":1}"#,
      ["{\"b\":1}", "{\"a\":0,\"b\":1}"], ["{}", "{\"c\":1}"]),
    SchemaCase(
      #"{"type":"object","minProperties":2,"maxProperties":3,"required":["z"]}"#,
      ["{\"z\":1,\"a\":2}", "{\"a\":1,\"b\":2,\"z\":3}"],
      ["{\"z\":1}", "{\"a\":1,\"b\":2,\"c\":3}", "{\"a\":1,\"b\":2,\"c\":3,\"z\":4}"]),
    SchemaCase(
      #"{"anyOf":[{"type":"integer"},{"type":"string","maxLength":2}]}"#, ["1", "\"ab\""],
      ["1.5", "\"abc\"", "null"]),
    SchemaCase(
      #"{"anyOf":[{"properties":{"a":{"const":1}},"required":["a"]},{"properties":{"b":{"const":2}},"required":["b"]}],"type":"object"}"#,
      ["{\"a\":1}", "{\"b\":2}", "{\"a\":3,\"b\":2}", "{\"a\":1,\"b\":1}"],
      ["{}", "{\"a\":2}", "{\"a\":3,\"b\":3}"]),
    SchemaCase(
      #"{"allOf":[{"minimum":2},{"type":"integer"},{"maximum":4}]}"#, ["2", "4"],
      ["1", "5", "2.5", "\"a\""]),
    SchemaCase(
      #"{"allOf":[{"properties":{"a":{"type":"integer"}},"required":["a"]},{"properties":{"b":{"type":"null"},"a":{"minimum":3}},"required":["b"]}]}"#,
      ["{\"a\":3,\"b\":null}", "{\"b\":null,\"a\":10}"],
      ["{\"a\":2,\"b\":null}", "{\"a\":3}", "{\"b\":null}", "{\"a\":\"x\",\"b\":null}"]),
    SchemaCase(
      #"{"oneOf":[{"type":"integer"},{"minimum":2}]}"#, ["1", "2.5", "\"x\""], ["3", "1.5"]),
    SchemaCase(
      #"{"type":"string","oneOf":[{"minLength":2},{"maxLength":4}]}"#, ["\"abcde\"", "\"a\""],
      ["\"abc\"", "5"]),
    SchemaCase(
      #"{"oneOf":[{"properties":{"bar":{"type":"integer"}},"required":["bar"]},{"properties":{"foo":{"type":"string"}},"required":["foo"]}]}"#,
      ["{\"bar\":2}", "{\"foo\":\"x\"}", "{\"foo\":1,\"bar\":2}"],
      ["{\"foo\":\"x\",\"bar\":2}", "{\"foo\":2,\"bar\":\"q\"}", "{}"]),
    SchemaCase(
      #"{"oneOf":[{"type":"object","properties":{"kind":{"const":"a"},"x":{"type":"integer"}},"required":["kind"],"additionalProperties":false},{"type":"object","properties":{"kind":{"const":"b"},"y":{"type":"string"}},"required":["kind"],"additionalProperties":false}]}"#,
      ["{\"kind\":\"a\",\"x\":1}", "{\"y\":\"s\",\"kind\":\"b\"}"],
      ["{\"kind\":\"a\",\"y\":\"s\"}", "{\"kind\":\"c\"}", "{}"]),
    SchemaCase(#"{"oneOf":[true,false]}"#, ["1"], []),
    SchemaCase(
      #"{"not":{"type":["integer","boolean"]}}"#, ["1.5", "\"a\""], ["1", "true", "1.0"]),
    SchemaCase(
      #"{"not":{"type":"object","properties":{"foo":{"type":"string"}}}}"#, ["1", "{\"foo\":1}"],
      ["{}", "{\"foo\":\"a\"}"]),
    SchemaCase(#"{"properties":{"foo":{"not":{}}}}"#, ["{\"bar\":1}"], ["{\"foo\":1}"]),
    SchemaCase(#"{"not":{"pattern":"a"},"type":"string"}"#, ["\"b\""], ["\"ba\""]),
    SchemaCase(
      #"{"if":{"properties":{"k":{"const":1}},"required":["k"]},"then":{"required":["a"]},"else":{"required":["b"]}}"#,
      ["{\"k\":1,\"a\":0}", "{\"b\":0}", "{\"b\":0,\"k\":2}", "5"],
      ["{\"k\":1}", "{\"k\":1,\"b\":0}", "{}", "{\"k\":2,\"a\":1}"]),
    SchemaCase(
      #"{"dependentRequired":{"a":["b"]}}"#, ["{}", "{\"b\":1}", "{\"a\":1,\"b\":2}"], ["{\"a\":1}"]
    ),
    SchemaCase(
      ##"{"$ref":"#/$defs/node","$defs":{"node":{"type":"object","properties":{"value":{"type":"integer"},"next":{"anyOf":[{"$ref":"#/$defs/node"},{"type":"null"}]}},"required":["value"],"additionalProperties":false}}}"##,
      ["{\"value\":1}", "{\"value\":1,\"next\":{\"next\":null,\"value\":2}}"],
      ["{\"next\":null}", "{\"value\":1,\"next\":{}}", "{\"value\":1,\"next\":5}"]),
    SchemaCase(
      ##"{"properties":{"foo":{"$ref":"#"}},"additionalProperties":false}"##,
      ["{\"foo\":{\"foo\":false}}", "{}"], ["{\"bar\":1}", "{\"foo\":{\"bar\":1}}"]),
    SchemaCase(
      ##"{"$defs":{"a~b/c%d":{"type":"integer"}},"properties":{"x":{"$ref":"#/$defs/a~0b~1c%25d"}}}"##,
      ["{\"x\":1}"], ["{\"x\":\"a\"}"]),
    SchemaCase(
      ##"{"$id":"http://x.y/root.json","$ref":"item.json","$defs":{"i":{"$id":"item.json","$anchor":"me","type":"array","items":{"$ref":"#me"}}}}"##,
      ["[]", "[[],[[]]]"], ["1", "[1]"]),
    SchemaCase(
      ##"{"oneOf":[{"type":"null"},{"type":"array","items":{"$ref":"#"}}]}"##,
      ["null", "[null,[null]]"], ["1", "[1]"]),
    SchemaCase(
      #"{"properties":{"":{"type":"integer"},"é":{"type":"null"}}}"#,
      ["{\"\":1}", "{\"\\u00e9\":null}", "{\"e\u{301}\":1}"], ["{\"\":null}", "{\"é\":1}"]),
  ]
}
