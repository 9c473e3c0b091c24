import LlamaModel
import TestSupport
import Testing

struct SpecialPieceTests {
  private func tokenizer(_ special: [Vocabulary.Piece]) throws -> any Tokenizer {
    var pieces = [Vocabulary.Piece("<unk>", type: .unknown)]
    pieces += "abcd <>".map { Vocabulary.Piece($0 == " " ? "\u{2581}" : String($0)) }
    return SentencePieceTokenizer(
      try Vocabulary(
        model: "llama", pieces: pieces + special, specialTokens: SpecialTokens(unknown: 0)))
  }

  private func shown(_ text: String, _ tokenizer: any Tokenizer, _ options: EncodingOptions)
    -> String
  {
    tokenizer.encode(text, options: options)
      .map { "[\(tokenizer.vocabulary.piece(of: $0) ?? "")]" }.joined()
  }

  @Test func theLongestWinsWhereverItStarts() throws {
    let tokenizer = try tokenizer([
      .init("ab", type: .control), .init("bcd", type: .control), .init("abcda", type: .control),
      .init("a", type: .normal),
    ])
    #expect(shown("abcd", tokenizer, .parseSpecial) == "[a][bcd]")
    #expect(shown("abcda", tokenizer, .parseSpecial) == "[abcda]")
    #expect(shown("ababcdab", tokenizer, .parseSpecial) == "[ab][abcda][b]")
    #expect(shown("abcd", tokenizer, []) == "[a][b][c][d]")
  }

  @Test func userDefinedPiecesAreAlwaysParsed() throws {
    let tokenizer = try tokenizer([
      .init("  ", type: .userDefined), .init("   ", type: .userDefined),
      .init("<a>", type: .control),
    ])
    #expect(shown("a     b <a>", tokenizer, []) == "[a][   ][  ][b][▁][<][a][>]")
    #expect(shown("a     b <a>", tokenizer, .parseSpecial) == "[a][   ][  ][b][▁][<a>]")
    #expect(shown("<unk>", tokenizer, .parseSpecial) == "[<unk>]")
  }

  @Test func agreesWithTryingPieceByPiece() throws {
    let special = ["ab", "abc", "bcd", "cd", "dd", "ddd", "a", "bb", "c a", " "]
    let tokenizer = try tokenizer(special.map { .init($0, type: .control) })
    var random = SeededRandom(seed: 3)
    for round in 0..<500 {
      let text = String(
        (0..<Int.random(in: 0...40, using: &random)).map { _ in
          "abcd ".randomElement(using: &random) ?? "a"
        })
      #expect(
        shown(text, tokenizer, .parseSpecial) == Self.reference(text, special),
        "seed 3, round \(round), \(text)")
    }
  }

  /// Tries the pieces one by one, the longest first.
  private static func reference(_ text: String, _ special: [String]) -> String {
    var parts: [(text: String, isPiece: Bool)] = [(text, false)]
    for piece in special.enumerated().sorted(by: {
      ($1.element.count, $0.offset) < ($0.element.count, $1.offset)
    }).map(\.element) {
      parts = parts.flatMap { part -> [(text: String, isPiece: Bool)] in
        if part.isPiece { return [part] }
        var result: [(text: String, isPiece: Bool)] = []
        var rest = part.text[...]
        while let range = rest.firstRange(of: piece) {
          result.append((String(rest[..<range.lowerBound]), false))
          result.append((piece, true))
          rest = rest[range.upperBound...]
        }
        return result + [(String(rest), false)]
      }
    }
    return parts.map { part in
      if part.isPiece { return "[\(part.text)]" }
      return part.text.map { $0 == " " ? "[▁]" : "[\($0)]" }.joined()
    }.joined()
  }
}
