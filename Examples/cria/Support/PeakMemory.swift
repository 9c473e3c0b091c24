import Foundation

/// The most memory that the process has had in use.
enum PeakMemory {
  /// In bytes.
  static var bytes: Int {
    #if os(Linux)
      // Unlike getrusage's figure, this does not count what the process had before exec.
      let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
      for line in status.split(separator: "\n") where line.hasPrefix("VmHWM:") {
        if let kibibytes = line.split(whereSeparator: \.isWhitespace).dropFirst().first {
          return (Int(kibibytes) ?? 0) * 1024
        }
      }
      return 0
    #else
      var usage = rusage()
      getrusage(RUSAGE_SELF, &usage)
      return usage.ru_maxrss
    #endif
  }
}
