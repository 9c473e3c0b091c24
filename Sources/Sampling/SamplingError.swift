/// Why sampling options were refused.
public struct SamplingError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The kind of failure, for programs.
  public enum Code: String, Sendable {
    /// An option is outside the range in which it means something.
    case invalidOption
  }

  /// The kind of failure.
  public var code: Code
  /// One line: what is wrong and what would be right.
  public var message: String
  /// The name of the option, as it is spelled in ``SamplingOptions``.
  public var option: String

  /// Creates an error.
  public init(_ code: Code, _ message: String, option: String) {
    self.code = code
    self.message = message
    self.option = option
  }

  /// The message and the option, in one line.
  public var description: String { "\(message) (option \(option))" }
}
