#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#elseif canImport(Glibc)
  import Glibc
#endif

/// What memory the machine, or the container that this process runs in, has.
struct SystemMemory: Sendable, Equatable {
  /// All of it, in bytes.
  var total: Int
  /// What can be had without pushing out other programs; pages of files count, for they can be
  /// dropped.
  var available: Int

  /// Whether so many bytes leave an eighth of all memory.
  func hasRoom(for byteCount: Int) -> Bool { available - byteCount >= total / 8 }

  /// As it is now, nil where the system does not say.
  static var current: SystemMemory? {
    #if canImport(Darwin)
      return machine
    #else
      guard let machine else { return nil }
      guard let limit = number("/sys/fs/cgroup/memory.max", after: ""),
        let used = number("/sys/fs/cgroup/memory.current", after: "")
      else { return machine }
      let cached = number("/sys/fs/cgroup/memory.stat", after: "\ninactive_file ") ?? 0
      return SystemMemory(
        total: min(machine.total, limit),
        available: min(machine.available, limit - used + cached))
    #endif
  }

  #if canImport(Darwin)
    private static var machine: SystemMemory? {
      var statistics = vm_statistics64()
      var count = mach_msg_type_number_t(
        MemoryLayout<vm_statistics64>.size / MemoryLayout<integer_t>.size)
      let result = withUnsafeMutablePointer(to: &statistics) {
        $0.withMemoryRebound(to: integer_t.self, capacity: Int(count)) {
          host_statistics64(mach_host_self(), HOST_VM_INFO64, $0, &count)
        }
      }
      var total: UInt64 = 0
      var size = MemoryLayout<UInt64>.size
      guard result == KERN_SUCCESS, sysctlbyname("hw.memsize", &total, &size, nil, 0) == 0 else {
        return nil
      }
      let pages = Int(statistics.free_count) + Int(statistics.inactive_count)
      return SystemMemory(total: Int(total), available: pages * Int(getpagesize()))
    }
  #else
    private static var machine: SystemMemory? {
      guard let total = number("/proc/meminfo", after: "MemTotal:"),
        let available = number("/proc/meminfo", after: "\nMemAvailable:")
      else { return nil }
      return SystemMemory(total: total << 10, available: available << 10)
    }

    /// The number after a label in one of the system's small files, nil where there is none.
    private static func number(_ path: String, after label: String) -> Int? {
      let descriptor = open(path, O_RDONLY | O_CLOEXEC)
      guard descriptor >= 0 else { return nil }
      defer { close(descriptor) }
      let bytes = [UInt8](unsafeUninitializedCapacity: 4096) { buffer, count in
        count = max(0, read(descriptor, buffer.baseAddress, buffer.count))
      }
      return number(in: bytes, after: label)
    }

    /// The number after a label in a text; spaces between do not count.
    static func number(in bytes: [UInt8], after label: String) -> Int? {
      let label = Array(label.utf8)
      let start = (0...max(0, bytes.count - label.count)).first {
        bytes[$0...].starts(with: label)
      }
      guard let start else { return nil }
      let digits = bytes[(start + label.count)...].drop { $0 == UInt8(ascii: " ") }
        .prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
      return Int(String(decoding: digits, as: UTF8.self))
    }
  #endif
}
