import Foundation
import LlamaModel
import Sampling
import TensorKernels
import TestSupport
import Testing

/// A trained model of seven million weights against Hugging Face transformers.
@Suite(.enabled(if: Fixtures.isAvailable, "\(Fixtures.missing)"))
struct RealModelTests {
  private struct Reference: Decodable {
    struct Greedy: Decodable {
      var prompt: String
      var prompt_tokens: [Int]
      var transformers_next_40_tokens: [Int]
    }
    var greedy: Greedy
  }

  @Test("The first forty greedy tokens")
  func greedyTokens() async throws {
    let reference = try JSONDecoder().decode(
      Reference.self, from: Data(contentsOf: Fixtures.model("reference.json"))
    ).greedy
    let model = try LanguageModel(contentsOf: Fixtures.model("tales-7m-f16.gguf"))
    #expect(
      model.tokenizer.encode(reference.prompt, options: [.addSpecial]) == reference.prompt_tokens)
    let options = GenerationOptions(sampling: .greedy, maximumTokens: 40, cacheType: .f32)
    let completion = try await model.generate(reference.prompt, options: options).completion()
    #expect(completion.tokens == reference.transformers_next_40_tokens)
    #expect(completion.finishReason == .length)
    #expect(
      completion.usage
        == TokenUsage(promptTokens: reference.prompt_tokens.count, completionTokens: 40))
  }
}
