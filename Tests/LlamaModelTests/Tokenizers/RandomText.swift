import TestSupport

/// Texts that try what tokenizers get wrong: mixed scripts, white space of all kinds, contractions,
/// digits, joined emoji and lone combining marks.
enum RandomText {
  private static let atoms: [String] = [
    " ", "  ", "\n", "\r\n", "\t", "\u{A0}", "\u{3000}", "\u{85}", "'s", "'LL", "'", "a", "the",
    " the", "hello", "Z", "é", "e\u{301}", "ß", "я", "日本", "語", "한국", "ع", "ไทย", "½", "٣", "7",
    "42", "1234567", ".", "!?", "_", "-", "<", "|", ">", "</s>", "<s>", "<|end|>", "🦙", "👩‍👧",
    "\u{200D}", "\u{FEFF}", "\u{0}", "\u{1}", "\u{7F}", "\u{10FFFF}", "\u{FFFD}", "𝒲", "Ġ", "Ċ",
  ]

  static func text(using random: inout SeededRandom) -> String {
    (0..<Int.random(in: 0...30, using: &random)).map { _ in
      if Int.random(in: 0..<4, using: &random) > 0 {
        return atoms.randomElement(using: &random) ?? ""
      }
      // U+2581 stands for a space in SentencePiece vocabularies, so it does not come back.
      let value = UInt32.random(in: 0...0x10FFFF, using: &random)
      return Unicode.Scalar(value).map { $0.value == 0x2581 ? "" : String($0) } ?? ""
    }.joined()
  }
}
