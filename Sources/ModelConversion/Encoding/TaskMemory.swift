import QuantCore
import Synchronization

/// The bytes that tasks read.
///
/// Unchecked: they are only read, and outlive the tasks.
struct TaskInput: @unchecked Sendable {
  private let bytes: UnsafeRawBufferPointer
  private let rowBytes: Int

  init(_ bytes: UnsafeRawBufferPointer, rowBytes: Int) {
    self.bytes = bytes
    self.rowBytes = rowBytes
  }

  subscript(rows: Range<Int>) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(
      rebasing: bytes[rows.lowerBound * rowBytes..<rows.upperBound * rowBytes])
  }
}

/// The blocks that tasks write.
///
/// Unchecked: each task writes rows of its own, and the memory outlives the tasks.
struct TaskOutput: @unchecked Sendable {
  private let bytes: UnsafeMutableRawBufferPointer
  private let rowBytes: Int
  private let firstRow: Int

  init(_ bytes: UnsafeMutableBufferPointer<UInt8>, rowBytes: Int, firstRow: Int) {
    self.bytes = UnsafeMutableRawBufferPointer(bytes)
    self.rowBytes = rowBytes
    self.firstRow = firstRow
  }

  subscript(rows: Range<Int>) -> UnsafeMutableRawBufferPointer {
    let start = (rows.lowerBound - firstRow) * rowBytes
    return UnsafeMutableRawBufferPointer(rebasing: bytes[start..<start + rows.count * rowBytes])
  }

  /// Writes rows that are blocks already.
  func copy(_ source: UnsafeRawBufferPointer, to rows: Range<Int>) {
    self[rows].copyMemory(from: source)
  }
}

/// What each task came to.
final class Outcomes: Sendable {
  private let values: Mutex<[Result<Double, QuantError>]>

  init(count: Int) { values = Mutex(Array(repeating: .success(0), count: count)) }

  subscript(task: Int) -> Result<Double, QuantError> {
    get { values.withLock { $0[task] } }
    set { values.withLock { $0[task] = newValue } }
  }

  /// All, in the tasks' order.
  var all: [Result<Double, QuantError>] { values.withLock { $0 } }
}
