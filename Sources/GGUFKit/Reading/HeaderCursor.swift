/// Reads the fields of a file's header in turn, each after checking that the file holds it.
///
/// The cursor holds only its place; every call gets the file's bytes.
struct HeaderCursor {
  /// The next byte to read.
  private(set) var offset = 0
  /// The byte order of numbers.
  var byteOrder = ByteOrder.littleEndian
  /// Whether counts and lengths take 4 bytes, as in version 1, and not 8.
  var hasNarrowCounts = false

  /// The bytes that a count or a length takes.
  var countBytes: Int { hasNarrowCounts ? 4 : 8 }

  /// A whole number.
  mutating func integer<T: FixedWidthInteger & BitwiseCopyable>(
    _ bytes: RawSpan, as type: T.Type = T.self, for what: @autoclosure () -> String
  ) throws(GGUFError) -> T {
    let start = try advance(bytes, by: MemoryLayout<T>.size, for: what())
    return load(bytes, at: start)
  }

  /// A count or a length that must not exceed `limit`, nor what the rest of the file can hold
  /// when each counted thing takes `itemBytes` at least.
  mutating func count(
    _ bytes: RawSpan, limit: Int, itemBytes: Int, for what: @autoclosure () -> String
  ) throws(GGUFError) -> Int {
    let start = offset
    let raw: UInt64 =
      hasNarrowCounts
      ? UInt64(try integer(bytes, as: UInt32.self, for: what()))
      : try integer(bytes, as: UInt64.self, for: what())
    guard let count = Int(exactly: raw), count <= limit else {
      throw GGUFError(
        .limitExceeded, "\(what()) is \(raw), above the limit of \(limit); the file is damaged",
        at: .byteOffset(start))
    }
    guard count <= (bytes.byteCount - offset) / itemBytes else {
      throw GGUFError(
        .truncated, "\(what()) is \(raw), more than the rest of the file can hold",
        at: .byteOffset(start))
    }
    return count
  }

  /// The range of a length-prefixed string's bytes.
  mutating func stringRange(
    _ bytes: RawSpan, limit: Int = GGUFLimits.stringLength, for what: @autoclosure () -> String
  ) throws(GGUFError) -> Range<Int> {
    let length = try count(bytes, limit: limit, itemBytes: 1, for: "the length of \(what())")
    let start = try advance(bytes, by: length, for: what())
    return start..<start + length
  }

  /// A length-prefixed string that must be UTF-8: a key or a name.
  mutating func text(
    _ bytes: RawSpan, limit: Int, for what: @autoclosure () -> String
  ) throws(GGUFError) -> String {
    let start = offset
    let range = try stringRange(bytes, limit: limit, for: what())
    let content = [UInt8](copying: bytes, range)
    guard let text = String(validating: content, as: UTF8.self) else {
      throw GGUFError(.invalidValue, "\(what()) is not UTF-8", at: .byteOffset(start))
    }
    return text
  }

  /// `count` whole numbers side by side.
  mutating func integers<T: FixedWidthInteger & BitwiseCopyable>(
    _ bytes: RawSpan, count: Int, as type: T.Type = T.self
  ) throws(GGUFError) -> [T] {
    let size = MemoryLayout<T>.size
    let start = try advance(bytes, by: count * size, for: "an array")
    return [T](unsafeUninitializedCapacity: count) { buffer, initialized in
      for i in 0..<count {
        buffer.initializeElement(at: i, to: load(bytes, at: start + i * size))
      }
      initialized = count
    }
  }

  /// Moves past `count` bytes and gives where they start.
  private mutating func advance(
    _ bytes: RawSpan, by count: Int, for what: @autoclosure () -> String
  ) throws(GGUFError) -> Int {
    guard count <= bytes.byteCount - offset else {
      throw GGUFError(
        .truncated, "the file ends inside \(what()); download or copy it again",
        at: .byteOffset(offset))
    }
    defer { offset += count }
    return offset
  }

  @inline(__always)
  private func load<T: FixedWidthInteger & BitwiseCopyable>(_ bytes: RawSpan, at start: Int) -> T {
    let value = bytes.unsafeLoadUnaligned(fromByteOffset: start, as: T.self)
    return byteOrder == .littleEndian ? T(littleEndian: value) : T(bigEndian: value)
  }
}

extension [UInt8] {
  /// A copy of some of the bytes.
  init(copying bytes: RawSpan, _ range: Range<Int>) {
    self = bytes.extracting(range).withUnsafeBytes { [UInt8]($0) }
  }
}
