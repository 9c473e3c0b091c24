import QuantCore
import Synchronization

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
