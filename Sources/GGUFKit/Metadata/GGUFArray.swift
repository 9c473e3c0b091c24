/// A metadata array: values of one type, stored as an array of that type.
public enum GGUFArray: Sendable, Equatable {
  /// 8-bit numbers from 0 on.
  case uint8([UInt8])
  /// 8-bit numbers.
  case int8([Int8])
  /// 16-bit numbers from 0 on.
  case uint16([UInt16])
  /// 16-bit numbers.
  case int16([Int16])
  /// 32-bit numbers from 0 on.
  case uint32([UInt32])
  /// 32-bit numbers.
  case int32([Int32])
  /// 32-bit floating-point numbers.
  case float32([Float])
  /// Truth values.
  case bool([Bool])
  /// Strings.
  case string(GGUFStringArray)
  /// Arrays, which need not have one type or length.
  indirect case array([GGUFArray])
  /// 64-bit numbers from 0 on.
  case uint64([UInt64])
  /// 64-bit numbers.
  case int64([Int64])
  /// 64-bit floating-point numbers.
  case float64([Double])
}

extension GGUFArray {
  /// The type of the elements.
  public var elementType: GGUFValueType {
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

  /// The number of elements.
  public var count: Int {
    switch self {
    case .uint8(let values): values.count
    case .int8(let values): values.count
    case .uint16(let values): values.count
    case .int16(let values): values.count
    case .uint32(let values): values.count
    case .int32(let values): values.count
    case .float32(let values): values.count
    case .bool(let values): values.count
    case .string(let values): values.count
    case .array(let values): values.count
    case .uint64(let values): values.count
    case .int64(let values): values.count
    case .float64(let values): values.count
    }
  }

  /// The element at `index`, which must be below ``count``.
  public subscript(index: Int) -> GGUFValue {
    switch self {
    case .uint8(let values): .uint8(values[index])
    case .int8(let values): .int8(values[index])
    case .uint16(let values): .uint16(values[index])
    case .int16(let values): .int16(values[index])
    case .uint32(let values): .uint32(values[index])
    case .int32(let values): .int32(values[index])
    case .float32(let values): .float32(values[index])
    case .bool(let values): .bool(values[index])
    case .string(let values): .string(values[index])
    case .array(let values): .array(values[index])
    case .uint64(let values): .uint64(values[index])
    case .int64(let values): .int64(values[index])
    case .float64(let values): .float64(values[index])
    }
  }

  /// The strings, when it is an array of them.
  public var strings: GGUFStringArray? {
    if case .string(let values) = self { values } else { nil }
  }

  /// The elements as `Int`, when they are numbers without a fraction that fit.
  public var integers: [Int]? {
    func exact(_ values: [some BinaryInteger]) -> [Int]? {
      var result: [Int] = []
      result.reserveCapacity(values.count)
      for value in values {
        guard let integer = Int(exactly: value) else { return nil }
        result.append(integer)
      }
      return result
    }
    return switch self {
    case .uint8(let values): exact(values)
    case .int8(let values): exact(values)
    case .uint16(let values): exact(values)
    case .int16(let values): exact(values)
    case .uint32(let values): exact(values)
    case .int32(let values): exact(values)
    case .uint64(let values): exact(values)
    case .int64(let values): exact(values)
    case .float32, .float64, .bool, .string, .array: nil
    }
  }

  /// The elements as `Float`, when they are floating-point numbers; 64-bit ones are rounded.
  public var floats: [Float]? {
    switch self {
    case .float32(let values): values
    case .float64(let values): values.map { Float($0) }
    default: nil
    }
  }
}
