import Foundation
import GGUFKit
import LlamaModel
import ModelEvaluation
import QuantCore
import TensorKernels
import TestSupport
import Testing

struct PerplexityTests {
  private static let text = "hello the hello in the end, there he was on the hello and then in her"

  @Test func figuresFollowFromTheLosses() {
    var perplexity = Perplexity()
    #expect(perplexity.value == 1)
    #expect(perplexity.standardError == 0)
    for loss in [1.0, 2, 3, 6] { perplexity.add(negativeLogLikelihood: loss) }
    #expect(perplexity.tokenCount == 4)
    #expect(abs(perplexity.value - exp(3)) < 1e-9)
    // Mean 3, mean square 12.5: variance 3.5, over the root of three.
    #expect(abs(perplexity.standardError - (3.5 / 3).squareRoot() * exp(3)) < 1e-9)
  }

  /// What the definition says, from all logits of each window.
  @Test func agreesWithTheDefinition() throws {
    let model = try LanguageModel.random(seed: 11)
    let windows = try TextWindows(Self.text, tokenizer: model.tokenizer, contextLength: 9)
    #expect(windows.count > 1)
    var losses: [Double] = []
    for index in 0..<windows.count {
      let window = windows[index]
      let logits = try ModelSequence(model, capacity: 9).append(window, outputs: .all)
      for position in 4..<8 {
        let row = logits[position * model.vocabularySize..<(position + 1) * model.vocabularySize]
        let sum = row.reduce(0) { $0 + exp(Double($1)) }
        losses.append(log(sum) - Double(row[row.startIndex + window[position + 1]]))
      }
    }
    let mean = losses.reduce(0, +) / Double(losses.count)
    var seen: [Int] = []
    let perplexity = try Perplexity.measure(model, on: windows) {
      seen.append($0.completedWindows)
      #expect($0.totalWindows == windows.count)
    }
    #expect(perplexity.tokenCount == losses.count)
    #expect(abs(perplexity.value - exp(mean)) < 1e-9 * exp(mean))
    #expect(seen == Array(1...windows.count))
  }

  @Test func batchesDoNotMatter() throws {
    let model = try LanguageModel.random(seed: 12)
    let windows = try TextWindows(Self.text, tokenizer: model.tokenizer, contextLength: 16)
    let whole = try Perplexity.measure(model, on: windows)
    let parts = try Perplexity.measure(
      model, on: windows, options: .init(batchSize: 3))
    #expect(whole == parts)
  }

  @Test func itCanBeCancelled() throws {
    let model = try LanguageModel.random(seed: 13)
    let windows = try TextWindows(Self.text, tokenizer: model.tokenizer, contextLength: 8)
    var completed = 0
    let error = #expect(throws: EvaluationError.self) {
      try Perplexity.measure(
        model, on: windows, progress: { completed = $0.completedWindows },
        isCancelled: { completed == 1 })
    }
    #expect(error?.code == .cancelled)
    #expect(error?.window == 1)
  }

  @Test func tokensOutsideTheVocabularyAreRefused() throws {
    let model = try LanguageModel.random(seed: 14)
    let windows = try TextWindows(
      tokens: [1, 2, 3, 1_000_000], beginningToken: nil, contextLength: 4)
    // The last token is only predicted, never read.
    let read = try TextWindows(
      tokens: [1, 1_000_000, 3, 4], beginningToken: nil, contextLength: 4)
    for windows in [windows, read] {
      let error = #expect(throws: EvaluationError.self) {
        try Perplexity.measure(model, on: windows)
      }
      #expect(error?.code == .invalidArgument)
    }
  }

  @Test func logitsThatAreNoNumbersAreRefused() throws {
    var builder = try RandomModel(seed: 15).builder()
    for (index, tensor) in builder.tensors.enumerated()
    where tensor.name == "output_norm.weight" {
      builder.tensors[index] = try InMemoryTensor(
        name: tensor.name, shape: tensor.shape,
        values: [Float](repeating: .nan, count: tensor.elementCount))
    }
    let model = try LanguageModel(GGUFFile(bytes: builder.serialized()))
    let windows = try TextWindows(tokens: [1, 2, 3, 4], beginningToken: nil, contextLength: 4)
    let error = #expect(throws: EvaluationError.self) {
      try Perplexity.measure(model, on: windows)
    }
    #expect(error?.code == .notFinite)
    #expect(error?.window == 0)
  }
}
