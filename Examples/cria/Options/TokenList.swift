import ArgumentParser

/// Token ids on the command line, separated by commas or spaces.
struct TokenList: ExpressibleByArgument {
  var tokens: [Int]

  init?(argument: String) {
    tokens = []
    for word in argument.split(whereSeparator: { $0 == "," || $0.isWhitespace }) {
      guard let token = Int(word) else { return nil }
      tokens.append(token)
    }
  }

  static func text(_ tokens: [Int]) -> String { tokens.map(String.init).joined(separator: ",") }
}
