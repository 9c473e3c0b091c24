/// Why a JSON Schema was refused.
public struct SchemaError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The kind of failure, for programs.
  public enum Code: String, Sendable {
    /// The text is not JSON.
    case notJSON
    /// A keyword has a value that it cannot have.
    case invalidSchema
    /// A keyword, or what it asks for, is not supported.
    case unsupported
    /// A reference leads nowhere, or round in a circle.
    case unresolvedReference
    /// No value is valid.
    case unsatisfiable
    /// The schema needs more than a limit allows.
    case tooLarge
  }

  /// The kind of failure.
  public var code: Code
  /// One line: what is wrong and what would be right.
  public var message: String
  /// The keyword; empty where it is the schema as a whole.
  public var keyword: String
  /// The place of the schema that has the keyword, as a JSON Pointer; empty for the root. Where the
  /// text is not JSON, the offset in bytes.
  public var pointer: String

  /// Creates an error.
  public init(_ code: Code, _ message: String, keyword: String = "", pointer: String = "") {
    self.code = code
    self.message = message
    self.keyword = keyword
    self.pointer = pointer
  }

  /// The place and the message, in one line.
  public var description: String {
    let place = "#" + pointer + (keyword.isEmpty ? "" : "/" + keyword)
    return "\(place): \(message)"
  }
}
