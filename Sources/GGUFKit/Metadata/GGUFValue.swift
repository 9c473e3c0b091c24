/// A metadata value, with the exact type that the file stores it in.
public enum GGUFValue: Sendable, Equatable {
  /// An 8-bit number from 0 on.
  case uint8(UInt8)
  /// An 8-bit number.
  case int8(Int8)
  /// A 16-bit number from 0 on.
  case uint16(UInt16)
  /// A 16-bit number.
  case int16(Int16)
  /// A 32-bit number from 0 on.
  case uint32(UInt32)
  /// A 32-bit number.
  case int32(Int32)
  /// A 32-bit floating-point number.
  case float32(Float)
  /// A truth value.
  case bool(Bool)
  /// A string, which need not be UTF-8.
  case string(GGUFString)
  /// Values of one type.
  case array(GGUFArray)
  /// A 64-bit number from 0 on.
  case uint64(UInt64)
  /// A 64-bit number.
  case int64(Int64)
  /// A 64-bit floating-point number.
  case float64(Double)
}

extension GGUFValue {
  /// The value's type.
  public var type: GGUFValueType {
    switch self {
    case .uint8: .uint8
    case .int8: .int8
    case .uint16: .uint16
    case .int16: .int16
    case .uint32: .uint32
    case .int32: .int32
    case .float32: .float32
    case .bool: .bool
    case .string: .string
    case .array: .array
    case .uint64: .uint64
    case .int64: .int64
    case .float64: .float64
    }
  }

  /// The text of a string, with U+FFFD in place of what is not UTF-8.
  public var stringValue: String? {
    if case .string(let string) = self { string.stringValue } else { nil }
  }

  /// The bytes of a string.
  public var bytes: [UInt8]? {
    if case .string(let string) = self { string.bytes } else { nil }
  }

  /// The truth value.
  public var boolValue: Bool? {
    if case .bool(let value) = self { value } else { nil }
  }

  /// The array.
  public var arrayValue: GGUFArray? {
    if case .array(let array) = self { array } else { nil }
  }

  /// The number of any integer type, when it fits `T`.
  public func integer<T: FixedWidthInteger>(as type: T.Type = T.self) -> T? {
    switch self {
    case .uint8(let value): T(exactly: value)
    case .int8(let value): T(exactly: value)
    case .uint16(let value): T(exactly: value)
    case .int16(let value): T(exactly: value)
    case .uint32(let value): T(exactly: value)
    case .int32(let value): T(exactly: value)
    case .uint64(let value): T(exactly: value)
    case .int64(let value): T(exactly: value)
    case .float32, .float64, .bool, .string, .array: nil
    }
  }

  /// The number of any numeric type: a 64-bit float is exact, and integers are when they are
  /// below 2^53.
  public var doubleValue: Double? {
    switch self {
    case .float32(let value): Double(value)
    case .float64(let value): value
    case .uint64(let value): Double(value)
    default: integer(as: Int64.self).map { Double($0) }
    }
  }
}
