/// The type of a metadata value. The raw value is its number in GGUF files.
public enum GGUFValueType: UInt32, CaseIterable, Sendable, Hashable {
  /// An 8-bit number from 0 on.
  case uint8 = 0
  /// An 8-bit number.
  case int8 = 1
  /// A 16-bit number from 0 on.
  case uint16 = 2
  /// A 16-bit number.
  case int16 = 3
  /// A 32-bit number from 0 on.
  case uint32 = 4
  /// A 32-bit number.
  case int32 = 5
  /// A 32-bit floating-point number.
  case float32 = 6
  /// One byte, 0 or 1.
  case bool = 7
  /// A length and bytes, by convention UTF-8.
  case string = 8
  /// A type, a count and as many values of that type.
  case array = 9
  /// A 64-bit number from 0 on.
  case uint64 = 10
  /// A 64-bit number.
  case int64 = 11
  /// A 64-bit floating-point number.
  case float64 = 12
}
