/// What was wrong with a template or with what it did to its values, and where.
public struct TemplateError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The kind of failure, for programs.
  public struct Code: Hashable, Sendable, CustomStringConvertible {
    private enum Kind: String, Sendable {
      case syntax, undefined, type, value, overflow, raised, forbidden, limitExceeded
      case unsupported, invalidJSON
    }

    private let kind: Kind

    /// The template is not written as the language asks.
    public static let syntax = Code(kind: .syntax)
    /// Something undefined was used as if it were a value.
    public static let undefined = Code(kind: .undefined)
    /// An operation on values of the wrong types, or a call with the wrong arguments.
    public static let type = Code(kind: .type)
    /// A value that an operation cannot take, a division by zero among them.
    public static let value = Code(kind: .value)
    /// A number outside what 64 bits hold.
    public static let overflow = Code(kind: .overflow)
    /// The template itself called `raise_exception`.
    public static let raised = Code(kind: .raised)
    /// The template changed a list or dict where that is not allowed.
    public static let forbidden = Code(kind: .forbidden)
    /// More work, text or nesting than ``TemplateLimits`` allows.
    public static let limitExceeded = Code(kind: .limitExceeded)
    /// A part of the language that needs other templates, as `include` does.
    public static let unsupported = Code(kind: .unsupported)
    /// Text that is no JSON.
    public static let invalidJSON = Code(kind: .invalidJSON)

    /// The code's name.
    public var description: String { kind.rawValue }
  }

  /// A place in a template or in a JSON text.
  public struct Location: Hashable, Sendable {
    /// The line, from 1.
    public var line: Int
    /// The column in Unicode scalars, from 1.
    public var column: Int

    /// Creates a place.
    public init(line: Int, column: Int) {
      self.line = line
      self.column = column
    }
  }

  /// The kind of failure.
  public var code: Code
  /// One line: what happened.
  public var message: String
  /// Where.
  public var location: Location?

  /// Creates an error.
  public init(_ code: Code, _ message: String, at location: Location? = nil) {
    self.code = code
    self.message = message
    self.location = location
  }

  /// The message and the place, in one line.
  public var description: String {
    guard let location else { return message }
    return "\(message) (line \(location.line), column \(location.column))"
  }
}

extension TemplateError {
  /// The same failure, at a byte of a text, unless it has a place already.
  func located(at offset: Int, in text: [UInt8]) -> TemplateError {
    guard location == nil else { return self }
    var line = 1
    var column = 1
    for byte in text.prefix(max(0, offset)) {
      if byte == UInt8(ascii: "\n") {
        line += 1
        column = 1
      } else if byte & 0xC0 != 0x80 {
        column += 1
      }
    }
    var error = self
    error.location = Location(line: line, column: column)
    return error
  }
}
