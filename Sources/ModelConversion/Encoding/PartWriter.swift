import Dispatch
import GGUFKit
import Synchronization

/// Writes a file's parts on a queue of its own, so that the next ones can be made meanwhile.
///
/// Unchecked: the writer is touched on the queue only, where one block runs at a time.
final class PartWriter: @unchecked Sendable {
  private var writer: GGUFWriter?
  private let queue = DispatchQueue(label: "ModelConversion.PartWriter")
  private let failure = Mutex<GGUFError?>(nil)
  /// Parts that wait or are being written; a third one has its maker wait.
  private let room = DispatchSemaphore(value: 2)

  init(_ writer: consuming GGUFWriter) { self.writer = consume writer }

  /// Adds some blocks of the next tensor.
  ///
  /// - Throws: ``ConversionError/Code/cannotWrite``, maybe about an earlier part.
  func append(_ blocks: [UInt8]) throws(ConversionError) {
    try check()
    room.wait()
    queue.async { [self] in
      defer { room.signal() }
      guard failure.withLock({ $0 == nil }) else { return }
      do throws(GGUFError) {
        try writer?.append(part: blocks.span.bytes)
      } catch {
        failure.withLock { $0 = error }
      }
    }
  }

  /// Waits for all parts and completes the file.
  func finish() throws(ConversionError) {
    queue.sync { [self] in
      guard failure.withLock({ $0 == nil }) else { return }
      do throws(GGUFError) {
        try writer.take()?.finish()
      } catch {
        failure.withLock { $0 = error }
      }
    }
    try check()
  }

  /// Stops writing and removes what is written.
  func discard() {
    queue.sync { writer = nil }
  }

  private func check() throws(ConversionError) {
    if let error = failure.withLock({ $0 }) { throw ConversionError(error) }
  }
}
