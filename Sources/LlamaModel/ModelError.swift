/// What went wrong while loading or running a model, where, and what to do about it.
public struct ModelError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The kind of failure, for programs.
  public struct Code: Hashable, Sendable, CustomStringConvertible {
    private enum Kind: String, Sendable {
      case invalidFile, unsupportedArchitecture, unsupportedTokenizer, invalidConfiguration
      case invalidTensor, invalidArgument, contextFull, incompleteOutput, backendFailure, cancelled
      case templateFailure, modelMismatch
    }

    private let kind: Kind

    /// The file cannot be read as GGUF.
    public static let invalidFile = Code(kind: .invalidFile)
    /// The file's architecture is not registered.
    public static let unsupportedArchitecture = Code(kind: .unsupportedArchitecture)
    /// The file's tokenizer or pre-tokenizer is not registered.
    public static let unsupportedTokenizer = Code(kind: .unsupportedTokenizer)
    /// A metadata value is missing or makes no sense.
    public static let invalidConfiguration = Code(kind: .invalidConfiguration)
    /// A tensor is missing, or has another shape or type than the architecture needs.
    public static let invalidTensor = Code(kind: .invalidTensor)
    /// An argument is outside what the model can do.
    public static let invalidArgument = Code(kind: .invalidArgument)
    /// The sequence would be longer than its context.
    public static let contextFull = Code(kind: .contextFull)
    /// The text ended before it was what its constraint asks for.
    public static let incompleteOutput = Code(kind: .incompleteOutput)
    /// The backend could not do it.
    public static let backendFailure = Code(kind: .backendFailure)
    /// The caller cancelled the work.
    public static let cancelled = Code(kind: .cancelled)

    /// The chat template is malformed, or refuses the messages.
    public static let templateFailure = Code(kind: .templateFailure)
    /// A saved sequence or an adapter belongs to another model.
    public static let modelMismatch = Code(kind: .modelMismatch)

    /// The code's name.
    public var description: String { kind.rawValue }
  }

  /// Where the failure is.
  public enum Location: Equatable, Sendable {
    /// A metadata key.
    case key(String)
    /// A tensor's name.
    case tensor(String)
    /// A byte offset in the file.
    case byteOffset(Int)
    /// A file's path.
    case file(String)
  }

  /// The kind of failure.
  public var code: Code
  /// One line: what happened and what to do.
  public var message: String
  /// Where, if it is a place in the model file.
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
    case .key(let key): "\(message) (key \(key))"
    case .tensor(let name): "\(message) (tensor \(name))"
    case .byteOffset(let offset): "\(message) (byte \(offset))"
    case .file(let path): "\(message) (\(path))"
    case nil: message
    }
  }
}
