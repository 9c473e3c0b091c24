/// Where a writer puts bytes: memory or a file.
protocol ByteSink {
  /// Adds bytes at the end.
  mutating func write(_ bytes: RawSpan) throws(GGUFError)
}

extension ByteSink {
  /// Adds zeros at the end.
  mutating func writeZeros(_ count: Int) throws(GGUFError) {
    guard count > 0 else { return }
    try write([UInt8](repeating: 0, count: count).span.bytes)
  }
}

/// Bytes in memory.
struct MemorySink: ByteSink {
  var bytes: [UInt8] = []

  mutating func write(_ bytes: RawSpan) throws(GGUFError) {
    bytes.withUnsafeBytes { self.bytes.append(contentsOf: $0) }
  }
}
