/// Why a backend could not do something.
public struct BackendError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The kind of failure, for programs.
  public struct Code: Hashable, Sendable, CustomStringConvertible {
    private enum Kind: String, Sendable {
      case unsupportedType, invalidTensor, outOfMemory, unavailable, deviceFailure
    }

    private let kind: Kind

    /// The backend has no way to hold or multiply weights of this type.
    public static let unsupportedType = Code(kind: .unsupportedType)
    /// A tensor's shape or size does not fit its use.
    public static let invalidTensor = Code(kind: .invalidTensor)
    /// There is not enough memory.
    public static let outOfMemory = Code(kind: .outOfMemory)
    /// The kernel set, cache type or other option is not available on this machine.
    public static let unavailable = Code(kind: .unavailable)
    /// The device failed.
    public static let deviceFailure = Code(kind: .deviceFailure)

    /// The code's name.
    public var description: String { kind.rawValue }
  }

  /// The kind of failure.
  public var code: Code
  /// One line: what happened and what to do.
  public var message: String
  /// The tensor concerned, if there is one.
  public var tensor: String?

  /// Creates an error.
  public init(_ code: Code, _ message: String, tensor: String? = nil) {
    self.code = code
    self.message = message
    self.tensor = tensor
  }

  /// The message and the tensor, in one line.
  public var description: String {
    tensor.map { "\(message) (tensor \($0))" } ?? message
  }
}
