/// Why a grammar was refused.
public struct GrammarError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The kind of failure, for programs.
  public enum Code: String, Sendable {
    /// The text is not a grammar.
    case syntax
    /// A rule is used that is not there.
    case undefinedRule
    /// A token is named that the vocabulary does not have.
    case unknownToken
    /// A rule begins with itself.
    case leftRecursion
    /// No text that the grammar allows ever ends.
    case endless
    /// The grammar is larger than a limit.
    case tooLarge
  }

  /// The kind of failure.
  public var code: Code
  /// One line: what is wrong and what would be right.
  public var message: String
  /// The line, from 1.
  public var line: Int
  /// The column in bytes, from 1.
  public var column: Int

  /// Creates an error.
  public init(_ code: Code, _ message: String, line: Int, column: Int) {
    self.code = code
    self.message = message
    self.line = line
    self.column = column
  }

  /// The place and the message, in one line.
  public var description: String { "line \(line), column \(column): \(message)" }
}
