/// The bytes of one file, mapped or in memory.
enum FileContents: Sendable {
  case mapped(MappedFile)
  case memory([UInt8])

  /// The number of bytes.
  var byteCount: Int {
    switch self {
    case .mapped(let file): file.bytes.count
    case .memory(let bytes): bytes.count
    }
  }

  /// The path of a mapped file.
  var path: String? {
    if case .mapped(let file) = self { file.path } else { nil }
  }

  /// Calls `body` with the bytes.
  func withBytes<R, E>(_ body: (RawSpan) throws(E) -> R) throws(E) -> R {
    switch self {
    case .mapped(let file):
      defer { extendLifetime(file) }
      return try body(file.bytes.bytes)
    case .memory(let bytes):
      return try body(bytes.span.bytes)
    }
  }

  /// Lets go of the memory of the pages inside `range`, where they can be read again.
  func discardPages(in range: Range<Int>) {
    if case .mapped(let file) = self { file.discardPages(in: range) }
  }
}
