// Has a model answer with values of Swift types: what it writes always decodes.
//
// usage: swift run -c release StructuredOutput [MODEL.gguf]

import Foundation
import LlamaModel
import Sampling

struct Recipe: Codable, SchemaDescribing {
  enum Difficulty: String, Codable, CaseIterable { case easy, fair, hard }

  var title: String
  var difficulty: Difficulty
  var minutes: Int
  var ingredients: [String]

  static var schemaFields: [String: SchemaField] {
    [
      "title": SchemaField("The name of the dish", keywords: #"{"minLength": 3, "maxLength": 40}"#),
      "minutes": SchemaField(keywords: #"{"minimum": 1, "maximum": 240}"#),
      "ingredients": SchemaField(keywords: #"{"minItems": 1, "maxItems": 5}"#),
    ]
  }
}

do {
  // Without a file a tiny model with random weights: it means nothing, but keeps to the type.
  let model =
    if let path = CommandLine.arguments.dropFirst().first {
      try LanguageModel(contentsOf: URL(filePath: path))
    } else {
      try LanguageModel.random(seed: 1)
    }
  var options = GenerationOptions(maximumTokens: 150)
  options.sampling = try SamplingOptions(temperature: 0.7, seed: 1)

  let recipe = try await model.generate(
    "A recipe for pancakes as JSON: ", as: Recipe.self, options: options)
  print(recipe.title, "(\(recipe.difficulty), \(recipe.minutes) minutes):", recipe.ingredients)

  for choice in try await model.choose(
    from: ["good", "bad"], after: "The pancakes were delicious. The review is ")
  {
    print(choice.text, choice.probability)
  }
} catch {
  FileHandle.standardError.write(Data("StructuredOutput: \(error)\n".utf8))
  exit(1)
}
