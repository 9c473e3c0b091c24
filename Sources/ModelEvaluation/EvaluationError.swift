public import LlamaModel

/// What went wrong while judging a model, where, and what to do about it.
public struct EvaluationError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The kind of failure, for programs.
  public struct Code: Hashable, Sendable, CustomStringConvertible {
    private enum Kind: String, Sendable {
      case invalidArgument, textTooShort, notFinite, modelFailure, cancelled
    }

    private let kind: Kind

    /// An option is outside what can be measured.
    public static let invalidArgument = Code(kind: .invalidArgument)
    /// The text does not fill one window.
    public static let textTooShort = Code(kind: .textTooShort)
    /// The model's logits are no numbers.
    public static let notFinite = Code(kind: .notFinite)
    /// The model could not read the text; ``EvaluationError/cause`` says why.
    public static let modelFailure = Code(kind: .modelFailure)
    /// The caller cancelled the work.
    public static let cancelled = Code(kind: .cancelled)

    /// The code's name.
    public var description: String { kind.rawValue }
  }

  /// The kind of failure.
  public var code: Code
  /// One line: what happened and what to do.
  public var message: String
  /// The window of the text, from 0 on, where the failure is about one.
  public var window: Int?
  /// What the model said, where the failure is its own.
  public var cause: ModelError?

  /// Creates an error.
  public init(_ code: Code, _ message: String, window: Int? = nil, cause: ModelError? = nil) {
    self.code = code
    self.message = message
    self.window = window
    self.cause = cause
  }

  /// The message and the place, in one line.
  public var description: String {
    window.map { "\(message) (window \($0))" } ?? message
  }
}

extension EvaluationError {
  /// A model's failure.
  init(_ error: ModelError, window: Int? = nil) {
    self.init(
      error.code == .cancelled ? .cancelled : .modelFailure,
      error.code == .cancelled ? "the evaluation was cancelled" : error.description,
      window: window, cause: error)
  }
}
