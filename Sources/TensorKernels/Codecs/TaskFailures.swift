import QuantCore
import Synchronization

/// The failure of the first task that failed, in the order of the tasks.
final class TaskFailures: Sendable {
  private let earliest = Mutex<(task: Int, error: QuantError)?>(nil)

  /// Takes note of a failure.
  func record(_ error: QuantError, task: Int) {
    earliest.withLock { earliest in
      if let (earlier, _) = earliest, earlier < task { return }
      earliest = (task, error)
    }
  }

  /// The first task's failure.
  var first: QuantError? { earliest.withLock { $0?.error } }
}
