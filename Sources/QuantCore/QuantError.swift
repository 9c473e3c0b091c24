/// What was wrong with a tensor's type, shape or size, where, and what to do about it.
public struct QuantError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The kind of failure, for programs.
  public struct Code: Hashable, Sendable, CustomStringConvertible {
    private enum Kind: String, Sendable {
      case removedType, unknownType, unsupportedType
      case partialBlock, sizeOverflow, sizeMismatch, invalidShape, notFinite
    }

    private let kind: Kind

    /// The number of a type that GGUF no longer has.
    public static let removedType = Code(kind: .removedType)
    /// The number of no known type.
    public static let unknownType = Code(kind: .unknownType)
    /// A known type without a codec for what was asked.
    public static let unsupportedType = Code(kind: .unsupportedType)
    /// Values that do not fill whole blocks.
    public static let partialBlock = Code(kind: .partialBlock)
    /// A size that does not fit `Int`.
    public static let sizeOverflow = Code(kind: .sizeOverflow)
    /// Bytes or values of another number than the shape asks for.
    public static let sizeMismatch = Code(kind: .sizeMismatch)
    /// A shape that no tensor can have.
    public static let invalidShape = Code(kind: .invalidShape)
    /// A value to encode that is NaN or infinite.
    public static let notFinite = Code(kind: .notFinite)

    /// The code's name.
    public var description: String { kind.rawValue }
  }

  /// Where the failure is.
  public enum Location: Equatable, Sendable {
    /// A tensor's name.
    case tensor(String)
    /// A type's number.
    case typeID(UInt32)
    /// One value of a tensor, counted from 0.
    case value(tensor: String, row: Int, column: Int)
  }

  /// The kind of failure.
  public var code: Code
  /// One line: what happened and what to do.
  public var message: String
  /// Where, if it is about one tensor or one type.
  public var location: Location?

  /// Creates an error.
  public init(_ code: Code, _ message: String, at location: Location? = nil) {
    self.code = code
    self.message = message
    self.location = location
  }

  /// The message and the place, in one line.
  public var description: String {
    switch location {
    case .tensor(let name): "\(message) (tensor \(name))"
    case .value(let name, let row, let column):
      "\(message) (tensor \(name), row \(row), column \(column))"
    case .typeID, nil: message
    }
  }

  /// The same error, about the tensor `name`.
  func about(tensor name: String) -> QuantError {
    QuantError(code, message, at: .tensor(name))
  }
}
