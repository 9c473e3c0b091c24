/// The order of the bytes of a number.
public enum ByteOrder: Sendable, Hashable {
  /// The lowest byte first: nearly every file.
  case littleEndian
  /// The highest byte first.
  case bigEndian
}
