/// A grammar in GBNF, the notation of llama.cpp: which texts are allowed.
///
/// ```
/// root   ::= answer ("," " "? answer)*
/// answer ::= "yes" | "no" | [0-9]{1,3}   # a comment
/// ```
///
/// A text in quotes, a class of characters such as `[a-z]` or `[^"\\]`, `.` for any character, names
/// of rules, groups in parentheses, alternatives with `|` and repetition with `*`, `+`, `?`, `{m}`,
/// `{m,}` and `{m,n}`. Escapes are `\n \r \t \\ \" \[ \] \xHH \uHHHH \UHHHHHHHH`. Line breaks may stand
/// after `::=` and `|` and in parentheses. `<[7]>` is the token 7, `<name>` the token of that name, and
/// `!<...>` any other token.
///
/// The text must match the rule `root`. A rule may use itself, but not begin with itself.
public struct Grammar: Sendable {
  /// A part of a rule.
  enum Element: Hashable, Sendable {
    /// A character of a class.
    case characters(ScalarSet)
    /// A token, or any but it.
    case token(TokenReference, isNegated: Bool)
    /// Another rule.
    case rule(Int)
    /// A rule some number of times; `nil` for any number.
    case repetition(Int, minimum: Int, maximum: Int?)
    /// The end of an alternative.
    case end
  }

  /// How a grammar names a token.
  enum TokenReference: Hashable, Sendable {
    case id(Int)
    case name(String)
  }

  /// Where something stands in the text.
  struct Location: Hashable, Sendable {
    var line: Int
    var column: Int
  }

  struct Rule: Sendable {
    var name: String
    var location: Location
    /// Where each alternative begins in ``elements``.
    var alternatives: [Int]
  }

  /// All alternatives, one after the other, each with its end.
  var elements: [Element] = []
  var rules: [Rule] = []
  var root = 0
  /// By rule, whether it allows the empty text.
  var isNullable: [Bool] = []
  /// By element, the bytes of the shortest text from there to the end of its alternative.
  var shortest: [Int] = []
  var tokenLocations: [TokenReference: Location] = [:]

  /// Reads a grammar.
  ///
  /// - Parameter root: The rule that the whole text must match.
  /// - Throws: ``GrammarError`` with the place.
  public init(_ text: String, root: String = "root") throws(GrammarError) {
    var parser = GrammarParser(text)
    self = try parser.parse(root: root)
    try analyze()
  }

  init() {}

  /// The most elements and rules of a grammar.
  static let maximumElements = 1 << 17
  /// The most repetitions that a grammar can ask for.
  static let maximumRepetitions = 1 << 20
  /// How deep groups may nest.
  static let maximumNesting = 200
}
