import Foundation
import GGUFKit
import LlamaModel
import Sampling

/// Times a JSON Schema constraint over a file's vocabulary, and as a share of the time that the file's
/// model takes for a token: `constraint-bench MODEL.gguf`.
@main
struct ConstraintBench {
  private static let schema = """
    {"type": "object", "required": ["name", "age", "email", "tags", "address", "notes"],
     "properties": {
       "name": {"type": "string"}, "age": {"type": "integer", "minimum": 0, "maximum": 150},
       "email": {"type": "string", "format": "email"},
       "tags": {"type": "array", "items": {"type": "string", "maxLength": 20}, "maxItems": 5},
       "address": {"type": "object", "required": ["street", "zip"], "properties": {
         "street": {"type": "string"}, "zip": {"type": "string", "pattern": "^[0-9]{5}$"}}},
       "notes": {"type": "object", "additionalProperties": {"type": "number"}}}}
    """

  private static let answer =
    #"{"name":"Ada Lovelace of the analytical engine","age":36,"#
    + #""email":"ada.lovelace@example.org","tags":["mathematics","engines of thought"],"#
    + #""address":{"street":"12 St James's Square, London","zip":"10115"},"#
    + #""notes":{"first remark":1.5,"second remark":22}}"#

  static func main() async throws {
    guard CommandLine.arguments.count == 2 else {
      print("usage: constraint-bench MODEL.gguf")
      exit(64)
    }
    let url = URL(filePath: CommandLine.arguments[1])
    let file = try GGUFFile(contentsOf: url)
    let tokenizer = try TokenizerRegistry.makeTokenizer(metadata: file.metadata)
    let clock = ContinuousClock()

    var start = clock.now
    let tokens = ConstraintTokens(TokenizerVocabulary(tokenizer: tokenizer))
    print(
      "\(tokens.count) tokens, prepared in \(milliseconds(clock.now - start)) ms, once for a model")

    start = clock.now
    var constraint = try GrammarConstraint(
      schema: JSONSchema(schema), spelling: .compact, tokens: tokens)
    let preparation = milliseconds(clock.now - start)
    print("schema prepared in \(preparation) ms")

    try timeSamplers()
    let text = tokens.spell(answer.utf8) ?? []
    let logits = (0..<tokens.count).map { Float(($0 &* 7919) % 1000) / 100 }
    var candidates = Candidates()
    var perToken = 0.0
    for round in ["cold", "warm", "warm"] {
      constraint.reset()
      var times: [Double] = []
      for token in text {
        candidates.load(logits.span)
        start = clock.now
        // What a generation does for a token, beyond choosing it.
        constraint.apply(to: &candidates)
        constraint.accept(token)
        _ = constraint.mustEnd()
        _ = constraint.shortestCompletion().flatMap { tokens.spell($0) }
        _ = constraint.forcedBytes()
        times.append(milliseconds(clock.now - start))
      }
      perToken = times.reduce(0, +) / Double(times.count)
      print(
        "\(round): \(times.count) tokens, mean \(rounded(perToken)) ms, "
          + "first \(times[0]) ms, greatest \(times.max() ?? 0) ms")
      if round == "cold" { print("before the first token: \(rounded(preparation + times[0])) ms") }
    }
    guard constraint.isComplete else { throw BenchError.answerRefused }
    if !file.tensors.isEmpty { try await generate(url, perToken) }
  }

  /// Times the default chain over vocabularies of the usual sizes.
  private static func timeSamplers() throws {
    var generator = SeededGenerator(seed: 1)
    for size in [32_000, 128_256, 262_144] {
      let logits = (0..<size).map { _ in Float.random(in: -12...4, using: &generator) }
      var chain = try SamplingOptions(seed: 1).makeChain()
      var times: [Double] = []
      for _ in 0..<200 {
        let time = ContinuousClock().measure {
          chain.accept(chain.sample(logits: logits.span))
        }
        times.append(milliseconds(time))
      }
      print("default chain, \(size) tokens: median \(times.sorted()[100]) ms")
    }
  }

  /// Compares with the time that the model takes for a token.
  private static func generate(_ url: URL, _ perToken: Double) async throws {
    let model = try LanguageModel(contentsOf: url)
    var options = GenerationOptions(maximumTokens: 48)
    options.sampling = try SamplingOptions(seed: 1)
    options.stopsAtEndTokens = false
    // The first runs prepare weights and vocabulary.
    _ = try await model.generate("Once upon a time", options: options).completion()
    let plain = try await model.generate("Once upon a time", options: options).completion()
    options.constraint = .schema(
      try JSONSchema(#"{"type":"array","items":{"type":"string"}}"#), atLimit: .complete)
    var constrained = plain
    for _ in 0..<2 {
      constrained = try await model.generate("Once upon a time", options: options).completion()
    }
    let times = [plain, constrained].map {
      milliseconds($0.timings.generation) / Double($0.tokens.count)
    }
    print(
      "a token without constraint \(rounded(times[0])) ms, with one \(rounded(times[1])) ms; "
        + "the warm constraint's share \(rounded(100 * perToken / (times[0] + perToken))) %")
  }

  private enum BenchError: Error { case answerRefused }

  private static func rounded(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }

  private static func milliseconds(_ duration: Duration) -> Double {
    let (seconds, attoseconds) = duration.components
    return rounded(Double(seconds) * 1000 + Double(attoseconds) / 1e15)
  }
}
