/// Guesses what follows a text.
///
/// Used by one thread at a time.
public protocol TokenDrafter {
  /// Guesses the next tokens.
  ///
  /// - Parameters:
  ///   - text: The tokens so far, at least one: those of the last call and more, or a part of them
  ///     and others.
  ///   - count: The most tokens that are wanted.
  /// - Returns: Some tokens of the vocabulary; none where there is no good guess.
  mutating func draft(after text: [Int], count: Int) throws(ModelError) -> [Int]
}
