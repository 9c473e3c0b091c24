import Foundation
import GGUFKit
import LlamaModel
import Sampling

/// Times a JSON Schema constraint over a file's vocabulary: `constraint-bench VOCABULARY.gguf`.
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

  static func main() throws {
    guard CommandLine.arguments.count == 2 else {
      print("usage: constraint-bench VOCABULARY.gguf")
      exit(64)
    }
    let file = try GGUFFile(contentsOf: URL(filePath: CommandLine.arguments[1]))
    let tokenizer = try TokenizerRegistry.makeTokenizer(metadata: file.metadata)
    let clock = ContinuousClock()

    var start = clock.now
    let tokens = ConstraintTokens(TokenizerVocabulary(tokenizer: tokenizer))
    print("\(tokens.count) tokens, prepared in \(milliseconds(clock.now - start)) ms")

    start = clock.now
    var constraint = try GrammarConstraint(schema: JSONSchema(schema), tokens: tokens)
    print("schema prepared in \(milliseconds(clock.now - start)) ms")

    let text = tokens.spell(answer.utf8) ?? []
    let logits = (0..<tokens.count).map { Float(($0 &* 7919) % 1000) / 100 }
    var candidates = Candidates()
    for round in ["cold", "warm", "warm"] {
      constraint.reset()
      var times: [Double] = []
      for token in text {
        candidates.load(logits.span)
        start = clock.now
        constraint.apply(to: &candidates)
        times.append(milliseconds(clock.now - start))
        constraint.accept(token)
      }
      let mean = times.reduce(0, +) / Double(times.count)
      print(
        "\(round): \(times.count) tokens, mean \((mean * 1000).rounded() / 1000) ms, "
          + "first \(times[0]) ms, greatest \(times.max() ?? 0) ms")
    }
    guard constraint.isComplete else { throw BenchError.answerRefused }
  }

  private enum BenchError: Error { case answerRefused }

  private static func milliseconds(_ duration: Duration) -> Double {
    let (seconds, attoseconds) = duration.components
    return ((Double(seconds) * 1000 + Double(attoseconds) / 1e15) * 1000).rounded() / 1000
  }
}
