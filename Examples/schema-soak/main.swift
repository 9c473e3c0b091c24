// Has a model write JSON under many schemas at a high temperature, with ample and with scarce limits,
// and checks every text: it parses, and its schema allows it. One line of JSON per text goes to
// standard output, for `Scripts/check-schema-outputs.py`, which checks them with another validator.
//
// usage: swift run -c release schema-soak MODEL.gguf|random SCHEMAS.jsonl [COUNT] [SEED]

import Foundation
import LlamaModel
import Sampling

struct Line: Encodable {
  var schema: Int
  var seed: UInt64
  var limit: Int
  var text: String?
  var error: String?
}

/// Whether a text is JSON that a schema allows, however spelled.
func isValid(_ text: String, _ schema: JSONSchema, _ tokens: ConstraintTokens) throws -> Bool {
  var reader = try GrammarConstraint(schema: schema, spelling: .any, tokens: tokens)
  let value = try? JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed)
  return value != nil && reader.tryAccept(bytes: text.utf8) && reader.isComplete
}

let arguments = Array(CommandLine.arguments.dropFirst())
guard arguments.count >= 2 else {
  print("usage: schema-soak MODEL.gguf|random SCHEMAS.jsonl [COUNT] [SEED]")
  exit(64)
}
let model =
  arguments[0] == "random"
  ? try LanguageModel.random(seed: 1) : try LanguageModel(contentsOf: URL(filePath: arguments[0]))
let schemas = try String(contentsOf: URL(filePath: arguments[1]), encoding: .utf8)
  .split(separator: "\n").map { try JSONSchema(String($0)) }
let count = arguments.count > 2 ? Int(arguments[2]) ?? 1000 : 1000
let firstSeed = arguments.count > 3 ? UInt64(arguments[3]) ?? 0 : 0
let limits = [200, 60, 20, 8]
let encoder = JSONEncoder()
encoder.outputFormatting = .withoutEscapingSlashes
var (written, refused, broken, wrong) = (0, 0, 0, 0)

for index in 0..<count {
  let (schema, limit) = (index % schemas.count, limits[index / schemas.count % limits.count])
  let seed = firstSeed + UInt64(index)
  var options = GenerationOptions(maximumTokens: limit)
  options.sampling = try SamplingOptions(temperature: 1.5, topK: 0, topP: 1, minP: 0, seed: seed)
  // Every fifth one fails at the limit; the others are closed in time.
  options.constraint = .schema(schemas[schema], atLimit: index % 5 == 4 ? .fail : .complete)
  var line = Line(schema: schema, seed: seed, limit: limit)
  do throws(ModelError) {
    let completion = try await model.generate("Once upon a time", options: options).completion()
    line.text = completion.text
    written += 1
    if completion.tokens.count > limit { wrong += 1 }
  } catch {
    line.error = error.description
    refused += 1
    if error.code != .incompleteOutput { wrong += 1 }
  }
  if let text = line.text, try !isValid(text, schemas[schema], model.constraintTokens) {
    broken += 1
    FileHandle.standardError.write(Data("broken: schema \(schema), seed \(seed): \(text)\n".utf8))
  }
  FileHandle.standardOutput.write(try encoder.encode(line) + Data("\n".utf8))
}
FileHandle.standardError.write(
  Data(
    "\(written) texts, \(refused) refused for want of tokens, \(broken) broken, \(wrong) otherwise wrong\n"
      .utf8))
exit(broken + wrong == 0 && written > 0 ? 0 : 1)
