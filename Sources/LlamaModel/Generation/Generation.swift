import Dispatch
import Synchronization

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

  /// Starts generating.
  public func makeAsyncIterator() -> AsyncIterator {
    let (stream, continuation) = AsyncStream.makeStream(
      of: Result<GenerationPiece, ModelError>.self)
    let cancellation = CancellationFlag()
    continuation.onTermination = { reason in
      if case .cancelled = reason { cancellation.set() }
    }
    let run = GenerationRun(model, prompt: prompt, options: options, cancellation: cancellation)
    let queue = model.queue
    // A step a turn, so that generations of one model share it fairly.
    @Sendable func turn() {
      do throws(ModelError) {
        switch try run.next() {
        case .piece(let piece): continuation.yield(.success(piece))
        case .working: break
        case .ended: return continuation.finish()
        }
        queue.async { turn() }
      } catch {
        continuation.yield(.failure(error))
        continuation.finish()
      }
    }
    queue.async { turn() }
    return AsyncIterator(base: stream.makeAsyncIterator())
  }

  /// The pieces, as they come.
  public struct AsyncIterator: AsyncIteratorProtocol {
    var base: AsyncStream<Result<GenerationPiece, ModelError>>.Iterator

    /// The next piece; nil after the last one, and after the task was cancelled.
    public mutating func next(
      isolation actor: isolated (any Actor)?
    ) async throws(ModelError) -> GenerationPiece? {
      try await base.next(isolation: actor)?.get()
    }

    /// The next piece; nil after the last one, and after the task was cancelled.
    public mutating func next() async throws(ModelError) -> GenerationPiece? {
      try await next(isolation: nil)
    }
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

/// Set by whoever loses interest, read by the thread that computes.
final class CancellationFlag: Sendable {
  private let flag = Atomic<Bool>(false)

  var isSet: Bool { flag.load(ordering: .relaxed) }

  func set() { flag.store(true, ordering: .relaxed) }
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
