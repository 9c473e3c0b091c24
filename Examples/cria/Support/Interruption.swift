import Dispatch
import Foundation
import Synchronization

/// What happens on Ctrl-C: the process ends, unless something has to be stopped or tidied up
/// first.
enum Interruption {
  private static let handler = Mutex<(@Sendable () -> Void)?>(nil)

  /// Takes over the signal.
  static func install() {
    signal(SIGINT, SIG_IGN)
    let source = DispatchSource.makeSignalSource(signal: SIGINT, queue: .global())
    source.setEventHandler {
      if let handler = handler.withLock({ $0 }) {
        handler()
      } else {
        Failure.interrupted.exit()
      }
    }
    source.activate()
    // It is needed until the process ends.
    _ = Unmanaged.passRetained(source as AnyObject)
  }

  /// Runs `body`, and `action` instead of the end of the process when Ctrl-C is pressed
  /// meanwhile.
  static func handle<Result>(
    with action: @escaping @Sendable () -> Void, _ body: () async throws -> Result
  ) async rethrows -> Result {
    handler.withLock { $0 = action }
    defer { handler.withLock { $0 = nil } }
    return try await body()
  }

  /// Runs `body` with a question whether Ctrl-C was pressed, which it must ask often.
  static func handle<Result>(
    _ body: (_ isInterrupted: @escaping @Sendable () -> Bool) throws -> Result
  ) rethrows -> Result {
    let flag = Flag()
    handler.withLock { $0 = { flag.value.store(true, ordering: .relaxed) } }
    defer { handler.withLock { $0 = nil } }
    return try body { flag.value.load(ordering: .relaxed) }
  }

  private final class Flag: Sendable {
    let value = Atomic<Bool>(false)
  }
}
