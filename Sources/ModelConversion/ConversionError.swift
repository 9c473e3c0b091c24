public import GGUFKit
import QuantCore

/// What went wrong while converting a model, where, and what to do about it.
public struct ConversionError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The kind of failure, for programs.
  public struct Code: Hashable, Sendable, CustomStringConvertible {
    private enum Kind: String, Sendable {
      case unknownRecipe, invalidArgument, unsupportedType, requantization, notFinite
      case invalidFile, cannotWrite, cancelled
    }

    private let kind: Kind

    /// A recipe's name that means nothing, or needs a type that has no codec.
    public static let unknownRecipe = Code(kind: .unknownRecipe)
    /// An option that cannot be.
    public static let invalidArgument = Code(kind: .invalidArgument)
    /// A tensor would have to be read or stored as a type that has no codec.
    public static let unsupportedType = Code(kind: .unsupportedType)
    /// A tensor is quantized already, and may not be quantized again.
    public static let requantization = Code(kind: .requantization)
    /// A weight is NaN or infinite.
    public static let notFinite = Code(kind: .notFinite)
    /// The source is damaged, or is no model; ``ConversionError/cause`` says more.
    public static let invalidFile = Code(kind: .invalidFile)
    /// The result cannot be written; ``ConversionError/cause`` says why.
    public static let cannotWrite = Code(kind: .cannotWrite)
    /// The caller cancelled the work.
    public static let cancelled = Code(kind: .cancelled)

    /// The code's name.
    public var description: String { kind.rawValue }
  }

  /// Where the failure is.
  public enum Location: Equatable, Sendable {
    /// A tensor's name.
    case tensor(String)
    /// One value of a tensor, counted from 0.
    case value(tensor: String, row: Int, column: Int)
  }

  /// The kind of failure.
  public var code: Code
  /// One line: what happened and what to do.
  public var message: String
  /// Where, if it is in one tensor.
  public var location: Location?
  /// What reading or writing the file said, where the failure is there.
  public var cause: GGUFError?

  /// Creates an error.
  public init(
    _ code: Code, _ message: String, at location: Location? = nil, cause: GGUFError? = nil
  ) {
    self.code = code
    self.message = message
    self.location = location
    self.cause = cause
  }

  /// The message and the place, in one line.
  public var description: String {
    switch location {
    case .tensor(let name): "\(message) (tensor \(name))"
    case .value(let name, let row, let column):
      "\(message) (tensor \(name), row \(row), column \(column))"
    case nil: message
    }
  }
}

extension ConversionError {
  /// A failure to read or write a file.
  init(_ error: GGUFError) {
    self.init(
      error.code == .cannotWrite ? .cannotWrite : .invalidFile, error.description, cause: error)
  }

  /// A failure to encode a tensor.
  init(_ error: QuantError, tensor: String) {
    switch error.location {
    case .value(let name, let row, let column):
      self.init(
        error.code == .notFinite ? .notFinite : .unsupportedType, error.message,
        at: .value(tensor: name, row: row, column: column))
    default:
      self.init(.unsupportedType, error.message, at: .tensor(tensor))
    }
  }
}
