/// Many short byte strings in one buffer, numbered from 0 on, and found by their bytes.
///
/// The index is a hash table with open addressing that holds a string's number and the high half of
/// its hash, so that a lookup rarely reads the bytes of another string. A vocabulary of 150,000
/// pieces takes three allocations.
struct ByteStringTable: Sendable, Equatable {
  /// All strings, one after the other.
  private var bytes: [UInt8] = []
  /// Where each string ends in `bytes`.
  private var ends: [UInt32] = []
  /// The high half of a hash, and below it a string's number plus one; 0 where a slot is free.
  private var slots: [UInt64] = []

  /// The most bytes that a vocabulary may have: a hundred times those of the largest in use.
  static let maximumByteCount = 1 << 28

  init(capacity: Int = 0, byteCapacity: Int = 0) {
    bytes.reserveCapacity(byteCapacity)
    ends.reserveCapacity(capacity)
  }

  /// The number of strings.
  var count: Int { ends.count }

  /// Where a string is in the buffer.
  private func range(of index: Int) -> Range<Int> {
    Int(index == 0 ? 0 : ends[index - 1])..<Int(ends[index])
  }

  subscript(index: Int) -> ArraySlice<UInt8> { bytes[range(of: index)] }

  func withBytes<R>(of index: Int, _ body: (Span<UInt8>) throws -> R) rethrows -> R {
    try body(bytes.span.extracting(range(of: index)))
  }

  /// Adds a string. ``buildIndex()`` must follow before the next ``firstIndex(of:)``.
  mutating func append(_ string: Span<UInt8>) {
    for index in string.indices { bytes.append(string[index]) }
    ends.append(UInt32(bytes.count))
  }

  /// Makes the strings findable; of equal ones the last is found.
  mutating func buildIndex() {
    var capacity = 16
    while capacity < 2 * count { capacity *= 2 }
    slots = Array(repeating: 0, count: capacity)
    for index in 0..<count {
      let range = range(of: index)
      let hash = Self.hash(bytes.span.extracting(range))
      let (slot, _) = find(bytes.span.extracting(range), hash: hash)
      slots[slot] = hash & Self.highHalf | UInt64(index + 1)
    }
  }

  /// The number of the string with these bytes.
  func firstIndex(of string: Span<UInt8>) -> Int? {
    guard !slots.isEmpty else { return nil }
    return find(string, hash: Self.hash(string)).index
  }

  /// The number of the string with these bytes.
  func firstIndex(of string: [UInt8]) -> Int? { firstIndex(of: string.span) }

  private static let highHalf: UInt64 = 0xFFFF_FFFF_0000_0000

  /// The slot of a string, or the free one where it would be.
  private func find(_ string: Span<UInt8>, hash: UInt64) -> (slot: Int, index: Int?) {
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: hash >> 20) & mask
    while slots[slot] != 0 {
      if slots[slot] & Self.highHalf == hash & Self.highHalf {
        let index = Int(truncatingIfNeeded: slots[slot] & ~Self.highHalf) - 1
        if isEqual(string, to: index) { return (slot, index) }
      }
      slot = (slot + 1) & mask
    }
    return (slot, nil)
  }

  private func isEqual(_ string: Span<UInt8>, to index: Int) -> Bool {
    let range = range(of: index)
    guard range.count == string.count else { return false }
    for offset in 0..<string.count where bytes[range.lowerBound + offset] != string[offset] {
      return false
    }
    return true
  }

  /// Multiplies and mixes eight bytes at a time.
  static func hash(_ string: Span<UInt8>) -> UInt64 {
    let factor: UInt64 = 0x9E37_79B9_7F4A_7C15
    let raw = string.bytes
    var hash = UInt64(string.count) &* factor
    var offset = 0
    while offset + 8 <= string.count {
      let word = raw.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self)
      hash = (hash ^ word) &* factor
      hash ^= hash >> 29
      offset += 8
    }
    var tail: UInt64 = 0
    while offset < string.count {
      tail = tail << 8 | UInt64(string[offset])
      offset += 1
    }
    hash = (hash ^ tail) &* factor
    hash ^= hash >> 32
    return hash &* factor
  }
}
