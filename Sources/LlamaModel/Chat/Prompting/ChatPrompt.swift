/// What a model is given to answer a chat.
public struct ChatPrompt: Sendable {
  /// What the template made of the messages.
  public var text: String
  /// Its tokens, with the one that starts a text where the vocabulary asks for it.
  public var tokens: [Int]
  /// Tells apart the parts of the answer.
  public var format: any ChatFormat
  /// Texts that end the answer, as the template shows: none where the vocabulary knows the end.
  public var stop: [String]
  /// Control pieces that the format or the end of the answer goes by.
  public var shownTokens: Set<Int>
}
