import LlamaModel
import TestSupport
import Testing

struct PreTokenizerTableTests {
  private static func words(_ text: String, _ name: String) throws -> [String] {
    let preTokenizer = try #require(PreTokenizerRegistry.preTokenizer(named: name))
    var ends: [Int] = []
    let bytes = Array(text.utf8)
    preTokenizer.split(bytes.span, into: &ends)
    var start = 0
    return ends.map { end in
      defer { start = end }
      return String(decoding: bytes[start..<end], as: UTF8.self)
    }
  }

  private static let text =
    "It'S HTMLPage ÉCOle 12345 ½! a\u{301}b??//\n\n x  日本ァ。ㄅ한…\u{0}z_y 7 \r\n  "

  /// The words of the text, with bars between them. The same cuts give llama.cpp's ids.
  @Test(arguments: [
    (
      "default",
      "It|'|S| HTMLPage| ÉCOle| |123|45| |½|!| a|\u{301}|b|??//|⏎⏎| x| | 日本ァ|。|ㄅ한|…|"
        + "\u{0}|z|_|y| |7| \r⏎  "
    ),
    (
      "gpt-2",
      "It|'|S| HTMLPage| ÉCOle| 12345| ½|!| a|\u{301}|b|??//|⏎⏎| x| | 日本ァ|。|ㄅ한|…\u{0}|"
        + "z|_|y| 7| \r⏎  "
    ),
    (
      "llama-bpe",
      "It|'S| HTMLPage| ÉCOle| |123|45| |½|!| a|\u{301}b|??//⏎⏎| x| | 日本ァ|。ㄅ한|…\u{0}|z|"
        + "_y| |7| \r⏎|  "
    ),
    (
      "qwen2",
      "It|'S| HTMLPage| ÉCOle| |1|2|3|4|5| |½|!| a|\u{301}b|??//⏎⏎| x| | 日本ァ|。ㄅ한|"
        + "…\u{0}|z|_y| |7| \r⏎|  "
    ),
    (
      "qwen35",
      "It|'S| HTMLPage| ÉCOle| |1|2|3|4|5| |½|!| a\u{301}b|??//⏎⏎| x| | 日本ァ|。ㄅ한|…\u{0}|"
        + "z|_y| |7| \r⏎|  "
    ),
    (
      "minicpm5",
      "It|'S| HTMLPage| ÉCOle| |123|45| |½|!| a|\u{301}b|??//⏎⏎| x| | 日本ァ|。ㄅ한|…\u{0}|z|"
        + "_y| |7| \r⏎|  "
    ),
    (
      "seed-coder",
      "It|'S| HTMLPage| ÉCOle| |1|2|3|4|5| |½|!| a|\u{301}b|??//|⏎⏎| x| | 日本ァ|。ㄅ한|"
        + "…\u{0}|z|_y| |7| \r⏎|  "
    ),
    (
      "ufakzeka",
      "It|'S| HTMLPage| ÉCOle| |1|2|3|4|5| |½|!| a|\u{301}b|??//⏎⏎| x| | 日本ァ|。ㄅ한|"
        + "…\u{0}|z|_y| |7| \r⏎|  "
    ),
    (
      "exaone-moe",
      "It|'S| HTMLPage ÉCOle| |1|2|3|4|5| |½|!| a\u{301}b|??//⏎|⏎| x| | 日本ァ|。ㄅ한|…\u{0}|"
        + "z|_y| |7| \r⏎|  "
    ),
    (
      "laguna",
      "It|'S| HTMLPage| ÉCOle| |1|2|3|4|5| |½|!| a|\u{301}b|??//|⏎⏎| x| | 日本ァ|。ㄅ한|"
        + "…\u{0}|z|_y| |7| \r|⏎|  "
    ),
    (
      "tekken",
      "It|'S| HTMLPage| ÉCOle| |1|2|3|4|5| |½|!| a|\u{301}b|??//⏎⏎| x| | 日本ァ|。ㄅ한|"
        + "…\u{0}|z|_y| |7| \r⏎|  "
    ),
    (
      "gpt-4o",
      "It'S| HTMLPage| ÉCOle| |123|45| |½|!| a|\u{301}b|??//⏎⏎| x| | 日本ァ|。ㄅ한|…\u{0}|z|"
        + "_y| |7| \r⏎|  "
    ),
    (
      "granite-embed-multi-97m",
      "It'S| HTMLPage| ÉCOle| |123|45| |½|!| a\u{301}b|??//⏎⏎| x| | 日本ァ|。ㄅ한|…\u{0}|z|"
        + "_y| |7| \r⏎|  "
    ),
    (
      "tiny_aya",
      "It'S| HTMLPage| ÉCOle| |12|345| |½|!| a\u{301}b|??//⏎⏎| x| | 日本ァ|。ㄅ한|…\u{0}|z|"
        + "_y| |7| \r⏎|  "
    ),
    (
      "youtu",
      "It'S| HTMLPage| ÉCOle| |1|2|3|4|5| |½|!| a\u{301}b|??//⏎⏎| x|  |日本ァ|。|ㄅ|한|…|"
        + "\u{0}z|_y| |7| \r⏎|  "
    ),
    (
      "kimi-k2",
      "It'S| HTMLPage| ÉCOle| |123|45| |½|!| a|\u{301}b|??//⏎⏎| x| | |日本|ァ|。ㄅ한|…\u{0}|"
        + "z|_y| |7| \r⏎|  "
    ),
    (
      "deepseek-v3",
      "It|'S| HTMLPage| ÉCOle| |123|45| |½|!| a\u{301}b|??//⏎⏎| x|  |日本ァ|。|ㄅ한|…|\u{0}z|"
        + "_y| |7| \r⏎|  "
    ),
    (
      "spark2_5",
      "It|'S| HTMLPage| ÉCOle| |1|2|3|4|5| |½|!| a\u{301}b|??//|⏎|⏎| x|  |日本ァ|。|ㄅ한|…|"
        + "\u{0}z|_y| |7| \r⏎  "
    ),
    (
      "afmoe",
      "It|'S| HTMLPage| ÉCOle| |12|345| |½|!| a\u{301}b|??//⏎⏎| x|  |日本ァ|。|ㄅ|한|…|"
        + "\u{0}z|_y| |7| \r⏎|  "
    ),
    (
      "deepseek-llm",
      "It|'|S| HTMLPage| É|COle| |12345| |½|!| a|\u{301}|b|??//|⏎|⏎| x|  |日本ァ|。|ㄅ한…|"
        + "\u{0}|z|_|y| |7| |\r|⏎|  "
    ),
    (
      "deepseek-coder",
      "It|'|S| HTMLPage| ÉCOle| |1|2|3|4|5| |½|!| a|\u{301}|b|??//|⏎|⏎| x| | |日本ァ|。|ㄅ한|"
        + "…|\u{0}|z|_|y| |7| |\r|⏎|  "
    ),
    (
      "falcon",
      "It|'|S| HTMLPage| ÉCOle| |123|45| ½|!| a|\u{301}|b|??//|⏎⏎| x| | 日本ァ|。|ㄅ한|…|"
        + "\u{0}|z|_|y| 7| \r⏎  "
    ),
    (
      "starcoder",
      "It|'|S| HTMLPage| ÉCOle| |1|2|3|4|5| |½|!| a|\u{301}|b|??//|⏎⏎| x| | 日本ァ|。|ㄅ한|"
        + "…\u{0}|z|_|y| |7| \r⏎  "
    ),
    (
      "bloom",
      "It'S| HTMLPage| ÉCOle| 12345| ½|!| a\u{301}b|??|//|⏎⏎| x| | 日本ァ|。|ㄅ한|…|\u{0}z_y|"
        + " 7| \r⏎  "
    ),
    (
      "viking",
      "It'S| HTMLPage| ÉCOle| |1|2|3|4|5| |½|!| a\u{301}b|??|//|⏎⏎| x| | 日本ァ|。|ㄅ한|…|"
        + "\u{0}z_y| |7| \r⏎  "
    ),
    (
      "chameleon",
      "It|'|S| HTMLPage| ÉCOle| |1|2|3|4|5| |½|!| a|\u{301}|b|?|?|/|/|⏎|⏎| x|  |日本ァ|。|"
        + "ㄅ한|…|\u{0}|z|_|y| |7| \r|⏎|  "
    ),
    (
      "superbpe",
      "It'S HTMLPage ÉCOle |12|345| |½|! a\u{301}b??//⏎⏎ x  日本ァ。ㄅ한…\u{0}z_y |7| \r⏎  "
    ),
    (
      "gemma4",
      "It'S HTMLPage ÉCOle 12345 ½! a\u{301}b??//|⏎⏎| x  日本ァ。ㄅ한…\u{0}z_y 7 \r|⏎|  "
    ),
    (
      "whitespace",
      "It'S| |HTMLPage| |ÉCOle| |12345| |½!| |a\u{301}b??//|⏎⏎ |x|  |日本ァ。ㄅ한…\u{0}z_y| |7| \r⏎  "
    ),
  ])
  func cuts(name: String, expected: String) throws {
    let words = try Self.words(Self.text, name)
    #expect(words.joined(separator: "|") == expected.replacing("⏎", with: "\n"))
  }

  @Test func everyNameOfTheTableIsKnown() {
    let names = Set(PreTokenizerRegistry.names)
    #expect(names.count >= 91)
    for name in ["deepseek-coder", "falcon", "gpt-4o", "kimi-k2", "superbpe", "whitespace"] {
      #expect(names.contains(name))
    }
  }

  @Test(arguments: PreTokenizerRegistry.names)
  func wordsMakeUpTheText(name: String) throws {
    var random = SeededRandom(seed: 31)
    for round in 0..<30 {
      let text = RandomText.text(using: &random)
      let words = try Self.words(text, name)
      #expect(words.joined().utf8.elementsEqual(text.utf8), "seed 31, round \(round)")
      #expect(!words.contains(""), "seed 31, round \(round)")
    }
  }

  @Test func longWhiteSpaceIsCutByPowersOfTwo() throws {
    let words = try Self.words(String(repeating: " ", count: 2_000) + "x", "jais-2")
    #expect(words.map(\.utf8.count) == [512, 512, 512, 256, 128, 64, 8, 4, 2, 1, 2])
    #expect(try Self.words(" \n  x", "jais-2") == [" \n", " ", " x"])
  }

  @Test func numbersAreGroupedFromTheRight() throws {
    #expect(try Self.words("1234567", "tiny_aya") == ["1", "234", "567"])
    #expect(try Self.words("1234567", "superbpe") == ["1", "234", "567"])
    #expect(try Self.words("1234567", "llama-bpe") == ["123", "456", "7"])
  }

  @Test func standInsForImagesAreCutOut() throws {
    #expect(
      try Self.words("x<sentinel:12>IMGIMGABZ<sentinel:>", "chameleon")
        // The steps after it cut the first kind again.
        == ["x", "<", "sentinel", ":", "1", "2", ">", "IMGIMGABZ", "<", "sentinel", ":", ">"])
  }
}
