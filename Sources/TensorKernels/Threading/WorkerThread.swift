import Synchronization

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif
#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A joinable system thread.
///
/// Unchecked: the handle is written once, before any other use.
final class WorkerThread: @unchecked Sendable {
  private let body: @Sendable () -> Void
  #if canImport(Darwin)
    private var handle: pthread_t?
  #else
    private var handle = pthread_t()
  #endif
  private var isStarted = false

  /// Starts the thread. Where the system refuses, the pool works with the threads that it has.
  init(_ body: @escaping @Sendable () -> Void) {
    self.body = body
    let argument = Unmanaged.passRetained(self)
    let status = pthread_create(
      &handle, nil,
      { raw in
        #if canImport(Darwin)
          let thread = Unmanaged<WorkerThread>.fromOpaque(raw).takeRetainedValue()
        #else
          guard let raw else { return nil }
          let thread = Unmanaged<WorkerThread>.fromOpaque(raw).takeRetainedValue()
        #endif
        thread.body()
        return nil
      }, argument.toOpaque())
    isStarted = status == 0
    if !isStarted { argument.release() }
  }

  /// Waits for the thread's end.
  func join() {
    guard isStarted else { return }
    #if canImport(Darwin)
      if let handle { pthread_join(handle, nil) }
    #else
      pthread_join(handle, nil)
    #endif
  }
}

/// Where threads sleep until somebody wakes them all.
///
/// Unchecked: the two system objects are made for sharing, and their memory never moves.
final class ParkingPlace: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  init() {
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(condition, nil)
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  /// Sleeps until ``wakeAll()``, unless `shouldSleep`, asked after the sleeper was counted, says
  /// that there is something to do already.
  func sleep(counting sleepers: borrowing Atomic<Int>, while shouldSleep: () -> Bool) {
    pthread_mutex_lock(mutex)
    sleepers.add(1, ordering: .sequentiallyConsistent)
    if shouldSleep() { pthread_cond_wait(condition, mutex) }
    sleepers.subtract(1, ordering: .sequentiallyConsistent)
    pthread_mutex_unlock(mutex)
  }

  /// Wakes every sleeper.
  func wakeAll() {
    pthread_mutex_lock(mutex)
    pthread_cond_broadcast(condition)
    pthread_mutex_unlock(mutex)
  }
}

/// Lets another thread run.
func yieldThread() { sched_yield() }

/// Processors that this process may use.
var availableProcessors: Int { max(1, ProcessInfo.processInfo.activeProcessorCount) }
