import Dispatch
import Synchronization

/// Work that is done a step at a time, on a model's queue, and brings pieces.
protocol SteppedRun: AnyObject, Sendable {
  associatedtype Piece: Sendable

  /// Does one step.
  func next() throws(ModelError) -> StepOutcome<Piece>
}

/// What a step brought.
enum StepOutcome<Piece> {
  /// Something to give out.
  case piece(Piece)
  /// Nothing yet, such as after part of a prompt.
  case working
  /// Nothing: the last piece has been given.
  case ended
}

/// Set by whoever loses interest, read by the thread that computes.
final class CancellationFlag: Sendable {
  private let flag = Atomic<Bool>(false)

  var isSet: Bool { flag.load(ordering: .relaxed) }

  func set() { flag.store(true, ordering: .relaxed) }
}

/// The pieces of a text in the making, as they come.
///
/// Work goes on while it exists; it ends soon after the iterating task is cancelled or the iterator
/// is dropped.
public struct PieceIterator<Piece: Sendable>: AsyncIteratorProtocol {
  private var base: AsyncStream<Result<Piece, ModelError>>.Iterator

  /// Starts a run.
  ///
  /// - Parameters:
  ///   - queue: Where it computes, a step a turn, so that several runs share it fairly.
  ///   - cancellation: Set when nobody waits for pieces any more.
  init<Run: SteppedRun>(
    _ run: Run, on queue: DispatchQueue, cancellation: CancellationFlag
  ) where Run.Piece == Piece {
    let (stream, continuation) = AsyncStream.makeStream(of: Result<Piece, ModelError>.self)
    continuation.onTermination = { reason in
      if case .cancelled = reason { cancellation.set() }
    }
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
    base = stream.makeAsyncIterator()
  }

  /// The next piece; nil after the last one, and after the task was cancelled.
  public mutating func next(
    isolation actor: isolated (any Actor)?
  ) async throws(ModelError) -> Piece? {
    try await base.next(isolation: actor)?.get()
  }

  /// The next piece; nil after the last one, and after the task was cancelled.
  public mutating func next() async throws(ModelError) -> Piece? {
    try await next(isolation: nil)
  }
}
