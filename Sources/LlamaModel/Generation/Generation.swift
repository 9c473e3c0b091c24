/// A text being generated, as an asynchronous sequence of pieces.
///
/// ```swift
/// for try await piece in model.generate("Once upon a time") {
///   print(piece.text, terminator: "")
/// }
/// ```
///
/// Work starts when iteration starts, and runs ahead of a slow consumer. It stops soon after the
/// iterating task is cancelled or the iterator is dropped, also while the prompt is read. Each
/// iteration is a generation of its own; with a seed they are all the same.
public struct Generation: AsyncSequence, Sendable {
  /// A piece of text.
  public typealias Element = GenerationPiece
  /// What can go wrong.
  public typealias Failure = ModelError

  private let model: LanguageModel
  private let prompt: [Int]
  private let options: GenerationOptions

  init(_ model: LanguageModel, prompt: [Int], options: GenerationOptions) {
    self.model = model
    self.prompt = prompt
    self.options = options
  }

  /// The pieces, as they come.
  public typealias AsyncIterator = PieceIterator<GenerationPiece>

  /// Starts generating.
  public func makeAsyncIterator() -> AsyncIterator {
    let cancellation = CancellationFlag()
    let run = GenerationRun(model, prompt: prompt, options: options, cancellation: cancellation)
    return PieceIterator(run, on: model.queue, cancellation: cancellation)
  }

  /// Generates to the end and returns the whole.
  ///
  /// - Throws: ``ModelError/Code/cancelled`` when the task is cancelled before the end.
  public func completion() async throws(ModelError) -> Completion {
    for try await piece in self {
      if let completion = piece.completion { return completion }
    }
    throw ModelError(.cancelled, "the generation was cancelled")
  }
}

extension LanguageModel {
  /// Continues a text, taken literally: no chat template is applied, and the vocabulary's
  /// beginning token is added if it asks for one.
  public func generate(
    _ text: String, options: GenerationOptions = GenerationOptions()
  ) -> Generation {
    generate(tokens: tokenizer.encode(text, options: [.addSpecial]), options: options)
  }

  /// Continues a text given as tokens.
  public func generate(
    tokens: [Int], options: GenerationOptions = GenerationOptions()
  ) -> Generation {
    Generation(self, prompt: tokens, options: options)
  }
}
