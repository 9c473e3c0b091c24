/// A piece of a template's source.
struct Token {
  enum Kind: Equatable {
    /// Text outside of tags.
    case data(String)
    case printBegin, printEnd
    case tagBegin, tagEnd
    case name(String)
    case string(String)
    case integer(Int)
    case double(Double)
    case symbol(Symbol)
    case end
  }

  var kind: Kind
  /// The byte of the source where it starts.
  var offset: Int

  /// The token as a message shows it.
  var description: String {
    switch kind {
    case .data: "text"
    case .printBegin: "{{"
    case .printEnd: "}}"
    case .tagBegin: "{%"
    case .tagEnd: "%}"
    case .name(let name): name
    case .string: "a string"
    case .integer(let value): "\(value)"
    case .double(let value): "\(value)"
    case .symbol(let symbol): symbol.rawValue
    case .end: "the end of the template"
    }
  }
}

/// Operators and punctuation.
enum Symbol: String {
  case power = "**"
  case floorDivide = "//"
  case equal = "=="
  case notEqual = "!="
  case lessOrEqual = "<="
  case greaterOrEqual = ">="
  case less = "<"
  case greater = ">"
  case assign = "="
  case plus = "+"
  case minus = "-"
  case times = "*"
  case divide = "/"
  case modulo = "%"
  case tilde = "~"
  case leftParenthesis = "("
  case rightParenthesis = ")"
  case leftBracket = "["
  case rightBracket = "]"
  case leftBrace = "{"
  case rightBrace = "}"
  case comma = ","
  case colon = ":"
  case dot = "."
  case pipe = "|"
  case semicolon = ";"

  /// What closes this bracket.
  var closing: Symbol? {
    switch self {
    case .leftParenthesis: .rightParenthesis
    case .leftBracket: .rightBracket
    case .leftBrace: .rightBrace
    default: nil
    }
  }

  var isClosing: Bool {
    self == .rightParenthesis || self == .rightBracket || self == .rightBrace
  }
}
