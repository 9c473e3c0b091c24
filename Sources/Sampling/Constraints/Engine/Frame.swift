/// One level of what a constraint still expects: a place in a grammar's rule, an array that is open, a
/// string half read. What the fields mean is up to the machine whose ``operation`` it is.
///
/// Frames are self-contained values; only ``keys`` and ``text`` refer to tables, those of
/// ``StackStore``, which renumbers them when it forgets what is no longer needed.
struct Frame: Hashable, Sendable {
  var operation: UInt8
  var phase: UInt8 = 0
  /// The first half of a surrogate pair.
  var high: UInt16 = 0
  /// The bits of a character that are known.
  var partial: UInt32 = 0
  var a: Int32 = 0
  var b: Int32 = 0
  var count: Int32 = 0
  var keys: Int32 = 0
  var text: Int32 = 0
  var hash: UInt64 = 0

  func hash(into hasher: inout Hasher) {
    hasher.combine(
      UInt64(operation) | UInt64(phase) << 8 | UInt64(high) << 16 | UInt64(partial) << 32)
    hasher.combine(UInt64(UInt32(bitPattern: a)) << 32 | UInt64(UInt32(bitPattern: b)))
    hasher.combine(UInt64(UInt32(bitPattern: count)) << 32 | UInt64(UInt32(bitPattern: keys)))
    hasher.combine(UInt64(UInt32(bitPattern: text)) ^ hash)
  }
}
