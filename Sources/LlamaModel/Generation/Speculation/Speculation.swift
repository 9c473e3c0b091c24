/// How a generation guesses tokens ahead, so that the model reads several in one step.
///
/// What is generated does not change: each token is chosen from the model's own logits, with the same
/// random numbers, and a guess only decides whether they are known already. How much is guessed
/// depends on how well the guesses have fared.
public struct Speculation: Sendable {
  /// The most tokens guessed at once.
  public var maximumTokens: Int
  let makeDrafter: @Sendable (_ capacity: Int) throws(ModelError) -> any TokenDrafter
  private let vocabulary: Vocabulary?

  /// Guesses of one's own.
  ///
  /// - Parameters:
  ///   - maximumTokens: The most tokens guessed at once.
  ///   - makeDrafter: Called for each generation, with the most tokens that its text can have.
  public init(
    maximumTokens: Int,
    makeDrafter: @escaping @Sendable (_ capacity: Int) throws(ModelError) -> any TokenDrafter
  ) {
    self.init(maximumTokens: maximumTokens, vocabulary: nil, makeDrafter: makeDrafter)
  }

  private init(
    maximumTokens: Int, vocabulary: Vocabulary?,
    makeDrafter: @escaping @Sendable (_ capacity: Int) throws(ModelError) -> any TokenDrafter
  ) {
    self.maximumTokens = maximumTokens
    self.vocabulary = vocabulary
    self.makeDrafter = makeDrafter
  }

  /// Guesses that the text repeats itself: what followed the last few tokens earlier follows them
  /// again (A. Saxena, "Prompt Lookup Decoding", 2023).
  ///
  /// - Parameters:
  ///   - longestMatch: How many tokens are looked for at most; at least two must match.
  ///   - maximumTokens: The most tokens guessed at once.
  public static func promptLookup(
    longestMatch: Int = 3, maximumTokens: Int = 10
  ) -> Speculation {
    Speculation(maximumTokens: maximumTokens) { _ in
      PromptLookupDrafter(longestMatch: longestMatch)
    }
  }

  /// Takes the guesses of a smaller model (Y. Leviathan et al., "Fast Inference from Transformers via
  /// Speculative Decoding", 2022), which must have the same vocabulary.
  public static func draft(_ model: LanguageModel, maximumTokens: Int = 6) -> Speculation {
    Speculation(maximumTokens: maximumTokens, vocabulary: model.tokenizer.vocabulary) {
      capacity throws(ModelError) in
      ModelDrafter(sequence: try ModelSequence(model, capacity: capacity + maximumTokens))
    }
  }

  /// - Throws: ``ModelError/Code/invalidArgument`` where it cannot serve a model.
  func check(for model: LanguageModel) throws(ModelError) {
    if let vocabulary, vocabulary != model.tokenizer.vocabulary {
      throw ModelError(.invalidArgument, "the draft model has another vocabulary")
    }
    guard maximumTokens > 0 else {
      throw ModelError(.invalidArgument, "guesses of \(maximumTokens) tokens; choose 1 or more")
    }
  }
}
