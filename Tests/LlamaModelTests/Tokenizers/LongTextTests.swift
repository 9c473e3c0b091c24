import Foundation
import LlamaModel
import Testing

/// No text takes more than proportionally long, whatever it repeats.
@Suite(.serialized)
struct LongTextTests {
  private static let kinds = [
    "SentencePiece", "gpt-2", "llama-bpe", "gpt-4o", "deepseek-v3", "kimi-k2", "superbpe",
    "WordPiece", "Unigram", "gemma4", "RWKV", "PLaMo 2", "bert.json", "llama3.json", "gemma.json",
    "mistral.json", "unibytes.json", "clip.json", "punct.json",
  ]

  private static func vocabulary(_ kind: String) throws -> Vocabulary {
    let pieces = ["a", "aa", "aaaa", "b", "ab", "7", "77", "=", "\n", "🦙"]
    var all = [Vocabulary.Piece("<unk>", type: .unknown)]
    switch kind {
    case "WordPiece": all += pieces.flatMap { [.init("▁" + $0), .init($0)] }
    case "Unigram": all += (pieces + ["▁", "▁▁", "▁a"]).map { .init($0, score: -1) }
    case "RWKV": all += pieces.map { .init($0 == "\n" ? "\\n" : $0) } + [.init("\\x20")]
    case "gemma4", "PLaMo 2":
      for byte in UInt8.min ... .max {
        all.append(.init(String(format: "<0x%02X>", Int(byte)), type: .byte))
      }
      all += (pieces + ["▁", "▁▁"]).map { .init($0, score: -1) }
    default: return try SmallVocabularies.tokenizer(kind).vocabulary
    }
    let models = [
      "WordPiece": "bert", "Unigram": "t5", "RWKV": "rwkv", "gemma4": "gemma4", "PLaMo 2": "plamo2",
    ]
    return try Vocabulary(
      model: models[kind] ?? "", pieces: all,
      merges: kind == "gemma4" ? [("a", "a"), ("aa", "aa"), ("a", "b"), ("▁", "▁")] : [],
      specialTokens: SpecialTokens(unknown: 0))
  }

  private static func tokenizer(_ kind: String) throws -> any Tokenizer {
    guard kind.hasSuffix(".json") else {
      return try TokenizerRegistry.makeTokenizer(vocabulary: vocabulary(kind))
    }
    let url = try #require(
      Bundle.module.url(
        forResource: String(kind.dropLast(5)), withExtension: "json",
        subdirectory: "Fixtures/tokenizers"))
    return try HuggingFaceTokenizer(json: [UInt8](Data(contentsOf: url)))
  }

  /// What the thread works, whatever else the machine does; the least of three.
  private static func seconds(_ text: String, _ tokenizer: any Tokenizer) -> Double {
    let times = (0..<3).map { _ in
      let start = threadSeconds()
      _ = tokenizer.encode(text, options: [])
      return threadSeconds() - start
    }
    return times.min() ?? 0
  }

  private static func threadSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }

  /// A text sixteen times as long takes about sixteen times as long. Times that grow with the square
  /// would be 256 times as long; what is between tells them apart.
  @Test(arguments: kinds)
  func longTextsTakeProportionallyLong(kind: String) throws {
    let tokenizer = try Self.tokenizer(kind)
    for unit in ["a", " ", "🦙", "ab", "\u{301}"] {
      let count = 400 / unit.utf8.count
      let short = Self.seconds(String(repeating: unit, count: count), tokenizer)
      let long = Self.seconds(String(repeating: unit, count: 16 * count), tokenizer)
      // What takes a few milliseconds is fast enough, and too short to compare.
      #expect(long < 64 * short || long < 0.02, "\(unit.debugDescription): \(short) s, \(long) s")
    }
  }
}
