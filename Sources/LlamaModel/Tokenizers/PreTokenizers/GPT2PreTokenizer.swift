/// The cutting of GPT-2:
/// `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`.
public struct GPT2PreTokenizer: PreTokenizer {
  /// The names of files that use it.
  static let names = [
    "gpt-2", "phi-2", "jina-es", "jina-de", "jina-v1-en", "jina-v2-es", "jina-v2-de", "gigachat",
    "roberta-bpe", "mellum", "a.x-4.0",
  ]

  /// Creates the pre-tokenizer.
  public init() {}

  /// Cuts a text into words.
  public func split(_ text: Span<UInt8>, into ends: inout [Int]) {
    var index = 0
    while index < text.count {
      index = wordEnd(in: text, from: index)
      ends.append(index)
    }
  }

  private func wordEnd(in text: Span<UInt8>, from start: Int) -> Int {
    let contraction = Scan.contraction(in: text, at: start, ignoringCase: false)
    if contraction > 0 { return start + contraction }
    let index = text[start] == UInt8(ascii: " ") ? start + 1 : start
    let first = CharacterClass.at(index, in: text)
    switch first.kind {
    case .letter, .number, .other:
      return Scan.run(of: first.kind, in: text, from: index + first.length)
    case .space, .newline, .end:
      return Scan.whitespace(in: text, from: start, newlineWins: false)
    }
  }
}
