/// The cutting of Llama 3 and Qwen 2, which differ in how many digits make a word:
/// `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,n}|`
/// ` ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`.
///
/// As in llama.cpp, only ASCII letters make a contraction, although U+017F is an `s` to an engine
/// that ignores case by Unicode's rules.
public struct DigitGroupPreTokenizer: PreTokenizer {
  /// That of Llama 3.
  public static let llama3 = DigitGroupPreTokenizer(
    maximumDigits: 3, ignoresMerges: true, addsBOS: true)
  /// That of Qwen 2.
  public static let qwen2 = DigitGroupPreTokenizer(
    maximumDigits: 1, ignoresMerges: false, addsBOS: false)

  /// The names of files that use that of Llama 3.
  static let llama3Names = [
    "llama-bpe", "llama3", "llama-v3", "falcon3", "falcon-h1", "pixtral", "midm-2.0", "lfm2",
  ]
  /// The names of files that use that of Qwen 2.
  static let qwen2Names = ["qwen2", "deepseek-r1-qwen", "kormo", "stablelm2"]

  /// How many digits make a word at most.
  let maximumDigits: Int
  /// Whether a word that is a piece as a whole becomes that piece.
  public let ignoresMerges: Bool
  /// Whether a text starts with the `bos` token where the file does not say.
  public let addsBOS: Bool

  /// Cuts a text into words.
  public func split(_ text: Span<UInt8>, into ends: inout [Int]) {
    var index = 0
    while index < text.count {
      index = wordEnd(in: text, from: index)
      ends.append(index)
    }
  }

  private func wordEnd(in text: Span<UInt8>, from start: Int) -> Int {
    let contraction = Scan.contraction(in: text, at: start, ignoringCase: true)
    if contraction > 0 { return start + contraction }
    let first = CharacterClass.at(start, in: text)
    let second = start + first.length
    switch first.kind {
    case .letter: return Scan.run(of: .letter, in: text, from: second)
    case .number: return numberEnd(in: text, from: second)
    case .newline, .end: return Scan.whitespace(in: text, from: start, newlineWins: true)
    case .space, .other: break
    }
    let next = CharacterClass.at(second, in: text).kind
    if next == .letter { return Scan.run(of: .letter, in: text, from: second) }
    if first.kind == .other || (text[start] == UInt8(ascii: " ") && next == .other) {
      let end = Scan.run(of: .other, in: text, from: second)
      return Scan.run(of: .newline, in: text, from: end)
    }
    return Scan.whitespace(in: text, from: start, newlineWins: true)
  }

  private func numberEnd(in text: Span<UInt8>, from start: Int) -> Int {
    var index = start
    for _ in 1..<maximumDigits {
      let next = CharacterClass.at(index, in: text)
      guard next.kind == .number else { break }
      index += next.length
    }
    return index
  }
}
