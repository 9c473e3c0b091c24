import LlamaModel
import ModelEvaluation
import Testing

struct TextWindowsTests {
  @Test func windowsDoNotOverlapAndStartWithTheBeginningToken() throws {
    let windows = try TextWindows(
      tokens: Array(100..<123), beginningToken: 1, contextLength: 5)
    #expect(windows.count == 4)
    #expect(windows[0] == [1, 101, 102, 103, 104])
    #expect(windows[3] == [1, 116, 117, 118, 119])
    #expect(windows.scoredPositions == 2..<4)
  }

  @Test func aVocabularyWithoutABeginningTokenKeepsTheText() throws {
    let windows = try TextWindows(tokens: [7, 8, 9, 10], beginningToken: nil, contextLength: 4)
    #expect(windows[0] == [7, 8, 9, 10])
  }

  @Test func theNumberOfWindowsCanBeLimited() throws {
    let windows = try TextWindows(
      tokens: Array(0..<100), beginningToken: nil, contextLength: 10, maximumCount: 3)
    #expect(windows.count == 3)
    #expect(windows.tokens.count == 30)
  }

  @Test func textsAreTokenizedWithTheirBeginning() throws {
    let model = try LanguageModel.random(seed: 3)
    let text = "hello the hello in the end"
    let windows = try TextWindows(text, tokenizer: model.tokenizer, contextLength: 4)
    let tokens = model.tokenizer.encode(text, options: .addSpecial)
    #expect(windows.tokens == Array(tokens.prefix(tokens.count / 4 * 4)))
    #expect(windows.beginningToken == model.tokenizer.vocabulary.specialTokens.bos)
  }

  @Test(arguments: [
    (length: 3, count: nil, code: EvaluationError.Code.invalidArgument),
    (length: 4, count: 0, code: .invalidArgument),
    (length: 9, count: nil, code: .textTooShort),
  ])
  func badArgumentsAreNamed(length: Int, count: Int?, code: EvaluationError.Code) {
    let error = #expect(throws: EvaluationError.self) {
      try TextWindows(
        tokens: Array(0..<8), beginningToken: nil, contextLength: length, maximumCount: count)
    }
    #expect(error?.code == code)
  }
}
