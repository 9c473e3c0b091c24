/// Guesses that what followed the last few tokens earlier follows them again.
public struct PromptLookupDrafter: TokenDrafter {
  private let longestMatch: Int

  /// Creates a drafter.
  ///
  /// - Parameter longestMatch: How many tokens are looked for at most; at least two must match.
  public init(longestMatch: Int = 3) { self.longestMatch = longestMatch }

  /// What followed the latest place that ends like the text, by as many tokens as possible.
  public func draft(after text: [Int], count: Int) -> [Int] {
    for length in stride(from: longestMatch, through: 2, by: -1) where text.count > length {
      let end = text[(text.count - length)...]
      for start in stride(from: text.count - length - 1, through: 0, by: -1)
      where text[start] == end.first && text[start..<start + length].elementsEqual(end) {
        return Array(text[(start + length)...].prefix(count))
      }
    }
    return []
  }
}
