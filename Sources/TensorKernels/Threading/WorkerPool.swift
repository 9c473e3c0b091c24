import CTensorKernels
import Synchronization

/// Persistent threads that share the tasks of one parallel region at a time.
///
/// The calling thread works too. Each thread begins with a run of tasks of its own, so that what
/// follows one another in memory is read by the same processor, and then takes what others have left.
/// So a thread that the system has interrupted delays only the task that it holds, and a sleeping
/// worker that has not joined by the time all tasks are taken is not waited for. Workers spin briefly
/// between regions and then sleep.
final class WorkerPool: Sendable {
  /// Threads that take part, the caller's included.
  let threadCount: Int
  private let core: Core
  private let threads: [WorkerThread]
  private let turn = Mutex(())

  /// Starts `threadCount - 1` workers.
  init(threadCount: Int) {
    precondition(threadCount >= 1, "a pool needs at least one thread")
    let core = Core(threadCount: threadCount)
    self.core = core
    self.threadCount = threadCount
    threads = (1..<max(threadCount, 1)).map { index in
      WorkerThread { core.work(as: index) }
    }
  }

  deinit {
    core.stop()
    for thread in threads { thread.join() }
  }

  /// Calls `body(task, worker)` once for each task below `tasks`, from several threads, and
  /// returns when all calls have returned. `worker` is below ``threadCount`` and belongs to one
  /// thread during the region. `body` must not start another region.
  func run(tasks: Int, _ body: (_ task: Int, _ worker: Int) -> Void) {
    guard tasks > 1, threadCount > 1 else {
      for task in 0..<tasks { body(task, 0) }
      return
    }
    turn.withLock { _ in
      withoutActuallyEscaping(body) { body in
        core.share(tasks: tasks, body)
      }
    }
  }
}

extension WorkerPool {
  /// What the threads share.
  ///
  /// Unchecked: `body` and `taskCount` are written by the caller only while the region is closed
  /// and no worker is inside (`state` is zero but for its generation), and read by workers only
  /// after they joined an open region through an acquiring exchange on `state`. `nextTasks` is a constant
  /// and points to atomic numbers.
  fileprivate final class Core: @unchecked Sendable {
    private var body: ((Int, Int) -> Void)?
    private var taskCount = 0
    /// Bits 0-15: workers inside. Bit 16: open to joiners. From bit 17: generation.
    private let state = Atomic<Int>(0)
    private let threadCount: Int
    /// For each thread the next task of its run, apart so that they share no cache line.
    private let nextTasks: UnsafeMutablePointer<Atomic<Int>>
    private let sleepers = Atomic<Int>(0)
    private let stopped = Atomic<Bool>(false)
    private let bed = ParkingPlace()

    private static let open = 1 << 16
    private static let generationStep = 1 << 17
    /// About 50 microseconds: longer than the gaps between the regions of a token.
    private static let spins = 4000
    /// Counters to a counter that is used.
    private static let spacing = 16

    init(threadCount: Int) {
      self.threadCount = threadCount
      nextTasks = .allocate(capacity: Self.spacing * threadCount)
      for i in 0..<Self.spacing * threadCount { (nextTasks + i).initialize(to: Atomic(0)) }
    }

    deinit {
      nextTasks.deinitialize(count: Self.spacing * threadCount)
      nextTasks.deallocate()
    }

    func share(tasks: Int, _ body: @escaping (Int, Int) -> Void) {
      self.body = body
      taskCount = tasks
      for thread in 0..<threadCount {
        nextTasks[Self.spacing * thread].store(start(of: thread, of: tasks), ordering: .relaxed)
      }
      let generation = state.load(ordering: .relaxed) &+ Self.generationStep
      state.store(generation | Self.open, ordering: .sequentiallyConsistent)
      if sleepers.load(ordering: .sequentiallyConsistent) > 0 { bed.wakeAll() }
      takeTasks(as: 0)
      state.bitwiseAnd(~Self.open, ordering: .sequentiallyConsistent)
      var spins = 0
      while state.load(ordering: .acquiring) & (Self.open - 1) != 0 {
        spins += 1
        if spins < Self.spins { tk_spin_hint() } else { yieldThread() }
      }
      self.body = nil
    }

    func work(as worker: Int) {
      var seen = 0
      while !stopped.load(ordering: .relaxed) {
        guard let generation = join(after: seen) else { continue }
        seen = generation
        takeTasks(as: worker)
        state.subtract(1, ordering: .releasing)
      }
    }

    func stop() {
      stopped.store(true, ordering: .sequentiallyConsistent)
      bed.wakeAll()
    }

    /// The first task of a thread's run.
    private func start(of thread: Int, of tasks: Int) -> Int { tasks * thread / threadCount }

    private func takeTasks(as worker: Int) {
      guard let body else { return }
      let count = taskCount
      for step in 0..<threadCount {
        let owner = (worker + step) % threadCount
        let end = start(of: owner + 1, of: count)
        let next = nextTasks + Self.spacing * owner
        // Runs that are finished are only looked at, for adding takes the line from other threads.
        while next.pointee.load(ordering: .relaxed) < end {
          let task = next.pointee.wrappingAdd(1, ordering: .relaxed).oldValue
          guard task < end else { break }
          body(task, worker)
        }
      }
    }

    /// Waits for a region newer than `seen` and enters it; nil after a sleep or a missed region.
    private func join(after seen: Int) -> Int? {
      for _ in 0..<Self.spins {
        let current = state.load(ordering: .acquiring)
        if current & Self.open != 0, current / Self.generationStep != seen {
          let entered = state.compareExchange(
            expected: current, desired: current + 1, ordering: .acquiringAndReleasing)
          if entered.exchanged { return current / Self.generationStep }
        }
        tk_spin_hint()
      }
      bed.sleep(counting: sleepers) {
        let current = state.load(ordering: .sequentiallyConsistent)
        let isOpen = current & Self.open != 0 && current / Self.generationStep != seen
        return !isOpen && !stopped.load(ordering: .sequentiallyConsistent)
      }
      return nil
    }
  }
}
