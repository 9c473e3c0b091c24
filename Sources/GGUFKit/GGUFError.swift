internal import QuantCore

/// What was wrong with a GGUF file or a value in it, where, and what to do about it.
public struct GGUFError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The kind of failure, for programs.
  public struct Code: Hashable, Sendable, CustomStringConvertible {
    private enum Kind: String, Sendable {
      case cannotOpen, cannotWrite, notGGUF, unsupportedVersion, truncated, limitExceeded
      case invalidValue, duplicateKey, missingKey, wrongType
      case invalidTensor, duplicateTensor, unsupportedTensorType
      case missingPart, invalidSplit
    }

    private let kind: Kind

    /// The file does not exist, is no regular file, is empty, or may not be read.
    public static let cannotOpen = Code(kind: .cannotOpen)
    /// The file could not be written.
    public static let cannotWrite = Code(kind: .cannotWrite)
    /// The bytes do not start as a GGUF file does.
    public static let notGGUF = Code(kind: .notGGUF)
    /// A version of GGUF other than 1, 2 and 3.
    public static let unsupportedVersion = Code(kind: .unsupportedVersion)
    /// The file ends before what it claims to hold.
    public static let truncated = Code(kind: .truncated)
    /// A count or length above a limit; see ``GGUFLimits``.
    public static let limitExceeded = Code(kind: .limitExceeded)
    /// A metadata value or key that cannot be.
    public static let invalidValue = Code(kind: .invalidValue)
    /// Two metadata entries with one key.
    public static let duplicateKey = Code(kind: .duplicateKey)
    /// A metadata key that is needed is not there.
    public static let missingKey = Code(kind: .missingKey)
    /// A metadata value has another type than the one asked for.
    public static let wrongType = Code(kind: .wrongType)
    /// A tensor's shape, size or offset cannot be.
    public static let invalidTensor = Code(kind: .invalidTensor)
    /// Two tensors with one name.
    public static let duplicateTensor = Code(kind: .duplicateTensor)
    /// A tensor type that is unknown, was removed from GGUF, or cannot be read here.
    public static let unsupportedTensorType = Code(kind: .unsupportedTensorType)
    /// A part of a split file is not beside the others.
    public static let missingPart = Code(kind: .missingPart)
    /// The parts of a split file do not fit together.
    public static let invalidSplit = Code(kind: .invalidSplit)

    /// The code's name.
    public var description: String { kind.rawValue }
  }

  /// Where the failure is.
  public enum Location: Equatable, Sendable {
    /// An offset in the file, in bytes.
    case byteOffset(Int)
    /// A metadata key.
    case key(String)
    /// A tensor's name.
    case tensor(String)
    /// A file's path.
    case file(String)
  }

  /// The kind of failure.
  public var code: Code
  /// One line: what happened and what to do.
  public var message: String
  /// Where, if it is in one place.
  public var location: Location?
  /// What the system or another module said, where the failure is theirs.
  public var cause: String?

  /// Creates an error.
  public init(
    _ code: Code, _ message: String, at location: Location? = nil, cause: String? = nil
  ) {
    self.code = code
    self.message = message
    self.location = location
    self.cause = cause
  }

  /// The message, the place and the cause, in one line.
  public var description: String {
    var line = message
    switch location {
    case .byteOffset(let offset): line += " (byte \(offset))"
    case .key(let key): line += " (key \(key.singleLine))"
    case .tensor(let name): line += " (tensor \(name.singleLine))"
    case .file(let path): line += " (\(path.singleLine))"
    case nil: break
    }
    if let cause {
      line += ": \(cause)"
    }
    return line
  }
}

extension GGUFError {
  /// The same failure, about the tensor `name`.
  init(_ error: QuantError, tensor name: String) {
    let unreadable: Set<QuantError.Code> = [.removedType, .unknownType, .unsupportedType]
    self.init(
      unreadable.contains(error.code) ? .unsupportedTensorType : .invalidTensor,
      error.message, at: .tensor(name))
  }
}

extension String {
  /// The text with control characters escaped and its end cut off, for messages: names come from
  /// the file.
  var singleLine: String {
    let scalars = unicodeScalars.prefix(120).map { scalar in
      scalar.value < 32 || scalar.value == 127 ? scalar.escaped(asASCII: true) : String(scalar)
    }
    return scalars.joined() + (unicodeScalars.count > 120 ? "…" : "")
  }
}
