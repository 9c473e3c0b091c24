/// The texts over which ``DontRepeatYourself`` sees no repetition, as sequences of tokens.
///
/// A text can be spelled by tokens in several ways: as part of one, or begun by the end of one and
/// continued by further ones.
public struct SequenceBreakers: Sendable, Equatable {
  /// By first token, the tokens that must follow it.
  private var tails: [Int: [[Int]]] = [:]

  /// The default texts: a line break, a colon, a quotation mark and an asterisk.
  public static let standardTexts = ["\n", ":", "\"", "*"]

  /// Creates breakers from sequences of tokens; empty ones are left out.
  public init(_ sequences: [[Int]]) {
    for sequence in sequences { insert(sequence) }
  }

  /// Creates breakers from texts: every token that contains one, and every token with whose end one
  /// begins, followed by the tokens of its rest.
  ///
  /// - Parameters:
  ///   - texts: The texts; empty ones are left out.
  ///   - vocabulary: The tokens.
  ///   - tokenize: The tokens of a text; nothing is to be added to it.
  public init(
    texts: [String], vocabulary: some ConstraintVocabulary, tokenize: (String) -> [Int]
  ) {
    for text in texts where !text.isEmpty {
      // Longer ones cost much and gain nothing.
      let pattern = Array(text.utf8.prefix(40))
      for token in 0..<vocabulary.tokenCount {
        guard let bytes = vocabulary.bytes(of: token), !bytes.isEmpty else { continue }
        if bytes.contains(pattern) {
          insert([token])
          continue
        }
        for overlap in 1..<max(1, min(bytes.count, pattern.count - 1) + 1)
        where pattern.count > overlap && bytes.suffix(overlap).elementsEqual(pattern[..<overlap]) {
          let rest = String(decoding: pattern[overlap...], as: UTF8.self)
          insert([token] + tokenize(rest).prefix(20))
        }
      }
    }
  }

  private mutating func insert(_ sequence: [Int]) {
    guard let head = sequence.first else { return }
    let tail = Array(sequence.dropFirst())
    if tails[head]?.contains(tail) != true { tails[head, default: []].append(tail) }
  }

  /// Whether a token alone is a breaker.
  func isBreaker(_ token: Int) -> Bool { tails[token]?.contains([]) ?? false }

  /// How many tokens stand after the last breaker, in a text that is given backwards.
  func distance(inReversed text: [Int]) -> Int {
    guard !tails.isEmpty else { return text.count }
    for index in text.indices {
      var longest: Int?
      for tail in tails[text[index]] ?? [] where tail.count <= index {
        let following = text[index - tail.count..<index].reversed()
        if following.elementsEqual(tail) { longest = max(longest ?? 0, tail.count) }
      }
      if let longest { return index - longest }
    }
    return text.count
  }
}

extension [UInt8] {
  fileprivate func contains(_ pattern: [UInt8]) -> Bool {
    guard count >= pattern.count else { return false }
    return (0...count - pattern.count).contains { start in
      self[start..<start + pattern.count].elementsEqual(pattern)
    }
  }
}
