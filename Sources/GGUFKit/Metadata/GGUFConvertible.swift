/// A Swift type that a metadata value can be read as and written from.
public protocol GGUFConvertible: Sendable {
  /// The value, when it is of a type that converts without loss, or `nil`.
  init?(ggufValue: GGUFValue)

  /// The value to store.
  var ggufValue: GGUFValue { get }

  /// What can be read as this type, for messages: "a string".
  static var ggufDescription: String { get }
}

extension Int: GGUFConvertible {
  /// Any integer that fits.
  public init?(ggufValue: GGUFValue) {
    guard let value = ggufValue.integer(as: Int.self) else { return nil }
    self = value
  }

  /// The 32-bit type that GGUF uses for counts and sizes where it fits, else a 64-bit one.
  public var ggufValue: GGUFValue {
    if let value = UInt32(exactly: self) { return .uint32(value) }
    if let value = Int32(exactly: self) { return .int32(value) }
    return .int64(Int64(self))
  }

  /// An integer.
  public static var ggufDescription: String { "an integer" }
}

extension UInt32: GGUFConvertible {
  /// Any integer that fits.
  public init?(ggufValue: GGUFValue) {
    guard let value = ggufValue.integer(as: UInt32.self) else { return nil }
    self = value
  }

  /// A 32-bit number from 0 on.
  public var ggufValue: GGUFValue { .uint32(self) }

  /// An integer from 0 to 2^32 - 1.
  public static var ggufDescription: String { "an integer from 0 to 2^32 - 1" }
}

extension UInt64: GGUFConvertible {
  /// Any integer that fits.
  public init?(ggufValue: GGUFValue) {
    guard let value = ggufValue.integer(as: UInt64.self) else { return nil }
    self = value
  }

  /// A 64-bit number from 0 on.
  public var ggufValue: GGUFValue { .uint64(self) }

  /// An integer from 0 on.
  public static var ggufDescription: String { "an integer from 0 on" }
}

extension Float: GGUFConvertible {
  /// Any number; one of more than 24 bits is rounded.
  public init?(ggufValue: GGUFValue) {
    guard let value = ggufValue.doubleValue else { return nil }
    self = Float(value)
  }

  /// A 32-bit floating-point number.
  public var ggufValue: GGUFValue { .float32(self) }

  /// A number.
  public static var ggufDescription: String { "a number" }
}

extension Double: GGUFConvertible {
  /// Any number; an integer of more than 53 bits is rounded.
  public init?(ggufValue: GGUFValue) {
    guard let value = ggufValue.doubleValue else { return nil }
    self = value
  }

  /// A 64-bit floating-point number.
  public var ggufValue: GGUFValue { .float64(self) }

  /// A number.
  public static var ggufDescription: String { "a number" }
}

extension Bool: GGUFConvertible {
  /// A truth value.
  public init?(ggufValue: GGUFValue) {
    guard let value = ggufValue.boolValue else { return nil }
    self = value
  }

  /// A truth value.
  public var ggufValue: GGUFValue { .bool(self) }

  /// A truth value.
  public static var ggufDescription: String { "true or false" }
}

extension String: GGUFConvertible {
  /// A string, with U+FFFD in place of what is not UTF-8.
  public init?(ggufValue: GGUFValue) {
    guard let value = ggufValue.stringValue else { return nil }
    self = value
  }

  /// A string.
  public var ggufValue: GGUFValue { .string(GGUFString(self)) }

  /// A string.
  public static var ggufDescription: String { "a string" }
}

extension GGUFString: GGUFConvertible {
  /// A string.
  public init?(ggufValue: GGUFValue) {
    guard case .string(let value) = ggufValue else { return nil }
    self = value
  }

  /// A string.
  public var ggufValue: GGUFValue { .string(self) }

  /// A string.
  public static var ggufDescription: String { "a string" }
}

extension GGUFStringArray: GGUFConvertible {
  /// An array of strings.
  public init?(ggufValue: GGUFValue) {
    guard let value = ggufValue.arrayValue?.strings else { return nil }
    self = value
  }

  /// An array of strings.
  public var ggufValue: GGUFValue { .array(.string(self)) }

  /// An array of strings.
  public static var ggufDescription: String { "an array of strings" }
}

extension GGUFArray: GGUFConvertible {
  /// An array.
  public init?(ggufValue: GGUFValue) {
    guard let value = ggufValue.arrayValue else { return nil }
    self = value
  }

  /// An array.
  public var ggufValue: GGUFValue { .array(self) }

  /// An array.
  public static var ggufDescription: String { "an array" }
}

extension Array: GGUFConvertible where Element: GGUFArrayElement {
  /// An array whose elements convert.
  public init?(ggufValue: GGUFValue) {
    guard let array = ggufValue.arrayValue, let values = Element.elements(of: array) else {
      return nil
    }
    self = values
  }

  /// An array of the type that the elements need.
  public var ggufValue: GGUFValue { .array(Element.array(of: self)) }

  /// An array of what the elements are.
  public static var ggufDescription: String { "an array, each \(Element.ggufDescription)" }
}

/// A Swift type that the elements of a metadata array can be read as and written from.
public protocol GGUFArrayElement: GGUFConvertible {
  /// All elements, or `nil` when one does not convert.
  static func elements(of array: GGUFArray) -> [Self]?

  /// The array to store.
  static func array(of elements: [Self]) -> GGUFArray
}

extension Int: GGUFArrayElement {
  /// All elements, when they are integers that fit.
  public static func elements(of array: GGUFArray) -> [Int]? { array.integers }

  /// 32-bit numbers where all fit, else 64-bit ones.
  public static func array(of elements: [Int]) -> GGUFArray {
    let narrow = elements.compactMap { Int32(exactly: $0) }
    return narrow.count == elements.count ? .int32(narrow) : .int64(elements.map { Int64($0) })
  }
}

extension Float: GGUFArrayElement {
  /// All elements, when they are floating-point numbers.
  public static func elements(of array: GGUFArray) -> [Float]? { array.floats }

  /// 32-bit floating-point numbers.
  public static func array(of elements: [Float]) -> GGUFArray { .float32(elements) }
}

extension Bool: GGUFArrayElement {
  /// All elements, when they are truth values.
  public static func elements(of array: GGUFArray) -> [Bool]? {
    if case .bool(let values) = array { values } else { nil }
  }

  /// Truth values.
  public static func array(of elements: [Bool]) -> GGUFArray { .bool(elements) }
}

extension String: GGUFArrayElement {
  /// All elements, when they are strings, with U+FFFD in place of what is not UTF-8.
  public static func elements(of array: GGUFArray) -> [String]? {
    array.strings?.map(\.stringValue)
  }

  /// Strings.
  public static func array(of elements: [String]) -> GGUFArray {
    .string(GGUFStringArray(elements))
  }
}
