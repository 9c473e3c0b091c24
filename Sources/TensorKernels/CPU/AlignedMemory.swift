import Synchronization

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A block of memory aligned for every kernel, freed with its owner.
///
/// Unchecked: the pointer is a constant that is freed only with the last owner, and owners have tasks
/// that run at once write to parts of their own.
final class AlignedMemory: @unchecked Sendable {
  static let alignment = 64

  /// The size of huge pages on usual systems.
  private static let hugePage = 2 << 20

  let pointer: UnsafeMutableRawPointer
  let byteCount: Int

  /// Reserves bytes with unspecified contents, nil where the system has none left.
  ///
  /// - Parameters:
  ///   - byteCount: How many.
  ///   - isUsedWhole: Whether all of it is written and then read from end to end, as weights are:
  ///     huge pages spare the processor addresses then, and would waste memory otherwise.
  init?(byteCount: Int, isUsedWhole: Bool = false) {
    var alignment = Self.alignment
    #if os(Linux)
      let isHuge = isUsedWhole && byteCount >= 2 * Self.hugePage
      if isHuge { alignment = Self.hugePage }
    #endif
    var raw: UnsafeMutableRawPointer?
    guard posix_memalign(&raw, alignment, max(byteCount, Self.alignment)) == 0, let raw else {
      return nil
    }
    #if os(Linux)
      // A wish; where it fails, the pages are small.
      if isHuge { madvise(raw, byteCount, MADV_HUGEPAGE) }
    #endif
    pointer = raw
    self.byteCount = byteCount
  }

  deinit { free(pointer) }
}

/// Working memory that operations borrow and give back, so that a step allocates nothing new.
final class ScratchPool: Sendable {
  /// What is free, by size class.
  private let free = Mutex<[[AlignedMemory]]>(Array(repeating: [], count: 4 * Int.bitWidth))

  /// Memory of at least `byteCount` bytes.
  func take(byteCount: Int) -> AlignedMemory {
    let (number, size) = Self.sizeClass(byteCount)
    if let memory = free.withLock({ $0[number].popLast() }) { return memory }
    guard let memory = AlignedMemory(byteCount: size) else {
      // Like any Swift array that cannot grow: there is no state to go on from.
      preconditionFailure("out of memory: \(size) bytes of working memory")
    }
    return memory
  }

  /// Keeps `memory` for the next taker.
  func give(_ memory: AlignedMemory) {
    let (number, _) = Self.sizeClass(memory.byteCount)
    free.withLock { $0[number].append(memory) }
  }

  /// Quarter steps between powers of two: at most a fifth is wasted. Of a class's size it is the
  /// class.
  private static func sizeClass(_ byteCount: Int) -> (number: Int, size: Int) {
    guard byteCount > 4096 else { return (0, 4096) }
    let exponent = Int.bitWidth - 1 - (byteCount - 1).leadingZeroBitCount
    let step = 1 << (exponent - 2)
    let quarters = (byteCount + step - 1) / step
    return (4 * (exponent - 12) + quarters - 4, quarters * step)
  }
}

/// Borrowed working memory, given back when its last user lets go.
final class Scratch {
  private let memory: AlignedMemory
  private let pool: ScratchPool

  init(byteCount: Int, from pool: ScratchPool) {
    memory = pool.take(byteCount: byteCount)
    self.pool = pool
  }

  deinit { pool.give(memory) }

  var pointer: UnsafeMutableRawPointer { memory.pointer }

  func floats(at index: Int = 0) -> UnsafeMutablePointer<Float> {
    memory.pointer.assumingMemoryBound(to: Float.self) + index
  }
}

extension Int {
  /// The next multiple of `unit`.
  func rounded(upTo unit: Int) -> Int { (self + unit - 1) / unit * unit }
}
