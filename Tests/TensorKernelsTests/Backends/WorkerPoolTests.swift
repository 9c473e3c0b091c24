import Synchronization
import Testing

@testable import TensorKernels

@Suite struct WorkerPoolTests {
  @Test("Every task runs once, whatever the number of threads", arguments: [1, 2, 3, 7])
  func everyTaskOnce(threads: Int) {
    let pool = WorkerPool(threadCount: threads)
    for tasks in [0, 1, 2, 5, 100, 1000] {
      let counts = (0..<max(tasks, 1)).map { _ in Counter() }
      let workers = Counter()
      pool.run(tasks: tasks) { task, worker in
        counts[task].value.add(1, ordering: .relaxed)
        if worker >= threads { workers.value.add(1, ordering: .relaxed) }
      }
      #expect(counts.prefix(tasks).allSatisfy { $0.value.load(ordering: .relaxed) == 1 })
      #expect(workers.value.load(ordering: .relaxed) == 0)
    }
  }

  @Test("Regions follow each other without loss, also after the workers fell asleep")
  func manyRegions() {
    let pool = WorkerPool(threadCount: 3)
    let total = Counter()
    for round in 0..<2000 {
      pool.run(tasks: 4) { task, _ in total.value.add(task, ordering: .relaxed) }
      if round % 500 == 0 { pause(milliseconds: 5) }
    }
    #expect(total.value.load(ordering: .relaxed) == 2000 * 6)
  }

  @Test("Callers from several threads take turns")
  func concurrentCallers() async {
    let pool = WorkerPool(threadCount: 2)
    let total = Counter()
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<4 {
        group.addTask {
          for _ in 0..<100 {
            pool.run(tasks: 3) { _, _ in total.value.add(1, ordering: .relaxed) }
          }
        }
      }
    }
    #expect(total.value.load(ordering: .relaxed) == 4 * 100 * 3)
  }

  private final class Counter: Sendable {
    let value = Atomic<Int>(0)
  }

  private func pause(milliseconds: Int) {
    let end = ContinuousClock.now + .milliseconds(milliseconds)
    while ContinuousClock.now < end { yieldThread() }
  }
}
