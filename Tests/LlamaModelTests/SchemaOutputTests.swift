import Foundation
import LlamaModel
import Sampling
import TensorKernels
import Testing

/// What a model writes under many schemas; `schema-soak` does the same at length.
@Suite struct SchemaOutputTests {
  static func schemas() throws -> [String] {
    let url = try #require(
      Bundle.module.url(forResource: "schemas", withExtension: "jsonl", subdirectory: "Fixtures"))
    return try String(contentsOf: url, encoding: .utf8).split(separator: "\n").map(String.init)
  }

  @Test("Every text parses and is valid, or there is an error that says it is not complete")
  func outputs() async throws {
    let model = try GenerationTests.model()
    let schemas = try Self.schemas()
    #expect(schemas.count == 50)
    var written = 0
    for (index, text) in schemas.enumerated() {
      let schema = try JSONSchema(text)
      let seed = UInt64(index)
      var options = GenerationOptions(maximumTokens: [30, 12][index % 2])
      options.sampling = try SamplingOptions(
        temperature: 1.5, topK: 0, topP: 1, minP: 0, seed: seed)
      options.constraint = .schema(schema, atLimit: index % 5 == 4 ? .fail : .complete)
      do throws(ModelError) {
        let output = try await model.generate("Hello", options: options).completion().text
        written += 1
        #expect(throws: Never.self, "schema \(index): \(output)") {
          try JSONSerialization.jsonObject(with: Data(output.utf8), options: .fragmentsAllowed)
        }
        // Read as others might write it, which takes other ways than writing.
        var reader = try Self.reader(schema, model)
        let isRead = reader.tryAccept(bytes: output.utf8)
        #expect(isRead && reader.isComplete, "schema \(index): \(output)")
      } catch {
        #expect(error.code == .incompleteOutput, "schema \(index): \(error)")
      }
    }
    #expect(written > 20)
  }

  private static func reader(
    _ schema: JSONSchema, _ model: LanguageModel
  ) throws(ModelError) -> GrammarConstraint {
    do throws(SchemaError) {
      return try GrammarConstraint(schema: schema, spelling: .any, tokens: model.constraintTokens)
    } catch {
      throw ModelError(.invalidArgument, error.description)
    }
  }
}
