public import LlamaModel

/// A text as a model reads it to be judged: windows of equal length that do not overlap, each of
/// them read on its own.
///
/// The second half of each window is scored, so that every scored token has half a window or more
/// before it. What is left at the end of the text and fills no window is not used. This is how
/// llama.cpp's perplexity tool does it, so that figures can be compared.
public struct TextWindows: Sendable {
  /// The text's tokens, as many as the windows have together.
  public let tokens: [Int]
  /// Tokens of a window.
  public let contextLength: Int
  /// The token that takes the first place of each window, where the vocabulary asks for one.
  public let beginningToken: Int?

  /// The shortest window: two tokens to read, one to predict from, and one to predict.
  public static let minimumContextLength = 4

  /// Cuts a text.
  ///
  /// - Parameters:
  ///   - text: The text.
  ///   - tokenizer: The model's.
  ///   - contextLength: Tokens of a window.
  ///   - maximumCount: The most windows, from the start of the text; nil for all.
  /// - Throws: ``EvaluationError/Code/invalidArgument`` for a window below
  ///   ``minimumContextLength`` or fewer than one window,
  ///   ``EvaluationError/Code/textTooShort``.
  public init(
    _ text: String, tokenizer: any Tokenizer, contextLength: Int, maximumCount: Int? = nil
  ) throws(EvaluationError) {
    let vocabulary = tokenizer.vocabulary
    try self.init(
      tokens: tokenizer.encode(text, options: .addSpecial),
      beginningToken: vocabulary.addBOS ? vocabulary.specialTokens.bos : nil,
      contextLength: contextLength, maximumCount: maximumCount)
  }

  /// Cuts a text that is tokens already.
  ///
  /// - Parameters:
  ///   - tokens: The text's tokens, with those that start it.
  ///   - beginningToken: The token to put at the start of each window, in place of the one there.
  ///   - contextLength: Tokens of a window.
  ///   - maximumCount: The most windows, from the start of the text; nil for all.
  /// - Throws: ``EvaluationError`` as ``init(_:tokenizer:contextLength:maximumCount:)``.
  public init(
    tokens: [Int], beginningToken: Int?, contextLength: Int, maximumCount: Int? = nil
  ) throws(EvaluationError) {
    guard contextLength >= Self.minimumContextLength else {
      throw EvaluationError(
        .invalidArgument,
        "a context of \(contextLength) tokens; choose \(Self.minimumContextLength) or more")
    }
    if let maximumCount, maximumCount < 1 {
      throw EvaluationError(.invalidArgument, "\(maximumCount) windows; choose 1 or more")
    }
    let count = min(tokens.count / contextLength, maximumCount ?? .max)
    guard count > 0 else {
      throw EvaluationError(
        .textTooShort,
        "the text has \(tokens.count) tokens, fewer than one window of \(contextLength); "
          + "give a longer text or a shorter context")
    }
    self.tokens = Array(tokens.prefix(count * contextLength))
    self.contextLength = contextLength
    self.beginningToken = beginningToken
  }

  /// The number of windows.
  public var count: Int { tokens.count / contextLength }

  /// The positions of a window from which its next token is predicted and scored.
  public var scoredPositions: Range<Int> { contextLength / 2..<contextLength - 1 }

  /// The tokens of one window.
  ///
  /// - Parameter index: below ``count``.
  public subscript(index: Int) -> [Int] {
    precondition((0..<count).contains(index), "window \(index) of \(count)")
    var window = Array(tokens[index * contextLength..<(index + 1) * contextLength])
    if let beginningToken { window[0] = beginningToken }
    return window
  }
}
