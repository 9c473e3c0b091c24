// Measures what guessing ahead gains: the time of greedy generations with and without it, in turn, and
// whether the tokens are the same; and how much longer a step takes that reads several tokens.
//
// usage: swift run -c release speculation-bench MODEL.gguf [DRAFT.gguf] [--tokens N] [--prompt FILE]

import Foundation
import LlamaModel
import Sampling

/// Lets a model guess, and then says what is right all the same: the cost of a draft model that
/// always agrees, for drafts whose weights are random.
struct AgreeingDrafter: TokenDrafter {
  var drafter: ModelDrafter
  let answer: [Int]

  mutating func draft(after text: [Int], count: Int) throws(ModelError) -> [Int] {
    _ = try drafter.draft(after: text, count: count)
    return Array(answer.dropFirst(text.count).prefix(count))
  }
}

func seconds(_ duration: Duration) -> Double {
  Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
}

func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

struct Bench {
  let model: LanguageModel
  let tokens: Int

  func run(_ prompt: [Int], _ speculation: Speculation?, temperature: Float) async throws
    -> (tokens: [Int], seconds: Double)
  {
    var options = GenerationOptions(speculation: speculation, maximumTokens: tokens)
    options.stopsAtEndTokens = false
    options.sampling = try SamplingOptions(
      temperature: temperature, topK: 0, topP: 1, minP: 0, seed: 1)
    let completion = try await model.generate(tokens: prompt, options: options).completion()
    return (completion.tokens, seconds(completion.timings.generation))
  }

  func compare(
    _ name: String, _ prompt: [Int], _ speculation: Speculation, temperature: Float = 0
  ) async throws {
    var times: (plain: [Double], guessed: [Double]) = ([], [])
    var isSame = true
    // Three times, and a quick model for four seconds: single runs of it last less than the
    // machine's hiccups.
    while times.plain.count < 3 || (times.plain + times.guessed).reduce(0, +) < 4 {
      let plain = try await run(prompt, nil, temperature: temperature)
      let guessed = try await run(prompt, speculation, temperature: temperature)
      isSame = isSame && plain.tokens == guessed.tokens
      times.plain.append(plain.seconds)
      times.guessed.append(guessed.seconds)
    }
    let (plain, guessed) = (median(times.plain), median(times.guessed))
    print(
      name.padding(toLength: 34, withPad: " ", startingAt: 0),
      String(
        format: "plain %7.1f tokens/s, guessed %7.1f, ratio %5.2f", Double(tokens) / plain,
        Double(tokens) / guessed, plain / guessed), isSame ? "same tokens" : "OTHER TOKENS")
  }

  /// How long steps of some tokens take, over a step of one.
  func stepCosts(after prompt: [Int]) throws {
    let sequence = try ModelSequence(model, capacity: prompt.count + 16)
    _ = try sequence.append(prompt, outputs: .none)
    var one = 0.0
    for count in [1, 2, 3, 4, 6, 8, 11] {
      let times = try (0..<7).map { _ in
        let time = try ContinuousClock().measure {
          _ = try sequence.append(Array(repeating: prompt[0], count: count), outputs: .all)
        }
        try sequence.trim(to: prompt.count)
        return seconds(time)
      }
      if count == 1 { one = median(times) }
      print(
        String(
          format: "a step of %2d: %8.2f ms, %5.2f times", count, median(times) * 1e3,
          median(times) / one))
    }
  }
}

let arguments = Array(CommandLine.arguments.dropFirst())
func option(_ name: String) -> String? {
  arguments.firstIndex(of: name).flatMap { arguments.dropFirst($0 + 1).first }
}
let files = arguments.prefix { !$0.hasPrefix("--") }
guard let path = files.first else {
  print("usage: speculation-bench MODEL.gguf [DRAFT.gguf] [--tokens N] [--prompt FILE]")
  exit(64)
}
let model = try LanguageModel(contentsOf: URL(filePath: path))
let bench = Bench(model: model, tokens: option("--tokens").flatMap { Int($0) } ?? 128)
let passage =
  try option("--prompt").map { try String(contentsOf: URL(filePath: $0), encoding: .utf8) }
    ?? """
    Once upon a time there was a miller who had three sons, and when he died he left them the mill, the \
    donkey and the cat. The eldest took the mill, the second took the donkey, and the youngest had \
    nothing but the cat. "Do not be sad," said the cat, "but have a pair of boots made for me, so that \
    I can go out among people, and then you will be helped."
    """
let once = model.tokenizer.encode(passage, options: [.addSpecial])
let twice = once + model.tokenizer.encode("\n\n" + passage, options: []).prefix(once.count / 3)

try bench.stepCosts(after: once)
try await bench.compare("lookup, passage given twice", twice, .promptLookup())
try await bench.compare("lookup, greedy after a passage", once, .promptLookup())
try await bench.compare("lookup, temperature 1", once, .promptLookup(), temperature: 1)
if files.count > 1 {
  let draft = try LanguageModel(contentsOf: URL(filePath: files[1]))
  let answer = try await once + bench.run(once, nil, temperature: 0).tokens
  try await bench.compare("draft model as it is", once, .draft(draft))
  let agreeing = Speculation(maximumTokens: 6) { capacity throws(ModelError) in
    AgreeingDrafter(
      drafter: ModelDrafter(sequence: try ModelSequence(draft, capacity: capacity + 6)),
      answer: answer)
  }
  try await bench.compare("draft model that agrees", once, agreeing)
}
