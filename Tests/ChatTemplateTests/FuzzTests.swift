import ChatTemplate
import TestSupport
import Testing

/// Random templates: whatever they are, they render or fail, and never trap.
@Suite struct FuzzTests {
  private static let pieces = [
    "{{", "}}", "{%", "%}", "{#", "#}", "-", "+", "*", "/", "//", "**", "%", "~", "(", ")", "[",
    "]",
    "{", "}", ",", ":", ".", "|", "=", "==", "<", ">=", "!=", " ", "\n", "'", "\"", "\\", "'a'",
    "1",
    "0", "-1", "2.5", "1e308", "9223372036854775807", "none", "true", "x", "l", "d", "s", "if",
    "else", "elif", "endif", "for", "in", "endfor", "set", "endset", "macro", "endmacro", "call",
    "endcall", "m", "loop", "loop.index", "not", "and", "or", "is", "defined", "raw", "endraw",
    "break", "filter", "endfilter", "|upper", "|tojson", "|list", "|sort", "|join", "|map",
    "|int", "|round", "|batch(2)", ".append(1)", ".split()", ".items()", ".format(1)",
    "namespace()",
    "range(3)", "[::-1]", "[1:]", "é", "😀", "\u{301}", "\r\n", "\u{0}",
  ]

  private static let context: TemplateValue = [
    "l": [3, 1, 2, "a", nil, 1.5], "d": ["a": 1, "b": [1, 2]], "s": "Hé llo", "n": 3,
    "messages": [["role": "user", "content": "Hi"]],
  ]

  private static func run(_ source: String) {
    var options = TemplateOptions(
      now: TemplateDate(iso8601: "2026-11-21"), allowsMutation: true)
    options.limits.steps = 20_000
    options.limits.stringBytes = 1 << 16
    options.limits.outputBytes = 1 << 16
    guard let template = try? ChatTemplate(source: source, limits: options.limits) else { return }
    _ = try? template.render(context, options: options)
  }

  @Test func randomTokens() {
    let seed: UInt64 = 20_261_121
    var random = SeededRandom(seed: seed)
    for _ in 0..<4000 {
      var source = Bool.random(using: &random) ? "{{ " : "{% set x = "
      for _ in 0..<Int.random(in: 1...20, using: &random) {
        source += Self.pieces.randomElement(using: &random) ?? ""
      }
      Self.run(source + (Bool.random(using: &random) ? " }}" : " %}"))
    }
  }

  @Test func mutatedTemplates() throws {
    let seed: UInt64 = 7
    var random = SeededRandom(seed: seed)
    let snippets = try SnippetTests.load().snippets.map(\.template)
    for _ in 0..<3000 {
      guard var source = snippets.randomElement(using: &random)?.unicodeScalars.map({ $0 }) else {
        return
      }
      for _ in 0..<Int.random(in: 1...4, using: &random) where !source.isEmpty {
        let index = Int.random(in: 0..<source.count, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: source.remove(at: index)
        case 1: source.swapAt(index, Int.random(in: 0..<source.count, using: &random))
        case 2:
          let piece = Self.pieces.randomElement(using: &random) ?? ""
          source.insert(contentsOf: piece.unicodeScalars, at: index)
        default:
          let other = snippets.randomElement(using: &random)?.unicodeScalars.map { $0 } ?? []
          source = Array(source[..<index]) + other.suffix(max(0, other.count - index))
        }
      }
      var view = String.UnicodeScalarView()
      view.append(contentsOf: source)
      Self.run(String(view))
    }
  }

  @Test func randomCallsOfFiltersTestsAndMethods() {
    let seed: UInt64 = 99
    var random = SeededRandom(seed: seed)
    let values = [
      "l", "d", "s", "none", "true", "x", "n", "''", "[]", "{}", "-1", "9223372036854775807",
      "(-9223372036854775807 - 1)", "1e308", "0.5", "'nan'|float", "range(3)", "d.items()",
      "(1, 2)", "namespace()",
      "l|map('string')", "'%s'", "'{}'", "'a'|safe", "cycler(1)", "m", "loop", "'\u{1F600}é'",
    ]
    let filters = [
      "abs", "attr", "batch", "capitalize", "center", "count", "default", "dictsort", "escape",
      "filesizeformat", "first", "float", "forceescape", "format", "groupby", "indent", "int",
      "items", "join", "last", "length", "list", "lower", "map", "max", "min", "reject",
      "rejectattr", "replace", "reverse", "round", "safe", "select", "selectattr", "slice", "sort",
      "string", "striptags", "sum", "title", "tojson", "trim", "truncate", "unique", "upper",
      "urlencode", "wordcount", "wordwrap", "xmlattr",
    ]
    let methods = [
      "split", "rsplit", "strip", "center", "ljust", "zfill", "replace", "find", "rfind", "count",
      "index", "format", "partition", "splitlines", "startswith", "expandtabs", "join", "title",
      "istitle", "removesuffix", "get", "items", "pop", "append", "insert", "remove", "sort",
      "update", "setdefault", "popitem", "extend", "is_integer", "bit_length", "cycle", "next",
    ]
    let operators = [
      "+", "-", "*", "/", "//", "%", "**", "~", "<", "==", " in ", " and ", " is sameas ",
      " is divisibleby ",
    ]
    for _ in 0..<4000 {
      func value() -> String { values.randomElement(using: &random) ?? "l" }
      let arguments = (0..<Int.random(in: 0...3, using: &random)).map { _ in value() }
      let list = arguments.joined(separator: ", ")
      let expression =
        switch Int.random(in: 0..<4, using: &random) {
        case 0: "(\(value()))|\(filters.randomElement(using: &random) ?? "abs")(\(list))"
        case 1: "(\(value())).\(methods.randomElement(using: &random) ?? "get")(\(list))"
        case 2: "(\(value()))\(operators.randomElement(using: &random) ?? "+")(\(value()))"
        default: "(\(value()))[\(value()):\(value()):\(value())]"
        }
      Self.run(
        "{% macro m(a) %}{{ a }}{% endmacro %}{% for i in [1] %}{{ \(expression) }}{% endfor %}")
    }
  }
}
