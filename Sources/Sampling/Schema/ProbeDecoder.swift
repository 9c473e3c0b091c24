/// Gives made-up values to a type that is decoded, and writes down what it asks for.
struct ProbeDecoder: Decoder {
  let probe: SchemaProbe
  let place: SchemaProbe.Place
  let codingPath: [any CodingKey]
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedDecodingContainer<Key> {
    place.isObject = true
    return KeyedDecodingContainer(
      ProbeKeyedContainer(probe: probe, place: place, codingPath: codingPath))
  }

  func unkeyedContainer() -> any UnkeyedDecodingContainer {
    ProbeUnkeyedContainer(probe: probe, place: place, codingPath: codingPath)
  }

  func singleValueContainer() -> any SingleValueDecodingContainer {
    ProbeValueContainer(probe: probe, place: place, codingPath: codingPath)
  }
}

/// Values of the simple types, and their schemas.
enum ProbePrimitive {
  static func bool(at place: SchemaProbe.Place) -> Bool {
    place.schema = .members(("type", .text("boolean")))
    return false
  }

  static func string(at place: SchemaProbe.Place) -> String {
    place.schema = .members(("type", .text("string")))
    return ""
  }

  static func number<Number: BinaryFloatingPoint>(at place: SchemaProbe.Place) -> Number {
    place.schema = .members(("type", .text("number")))
    return 0
  }

  static func integer<Number: FixedWidthInteger>(at place: SchemaProbe.Place) -> Number {
    place.schema = .members(
      ("type", .text("integer")), ("minimum", .integer(Number.min)),
      ("maximum", .integer(Number.max)))
    return 0
  }
}

private struct ProbeValueContainer: SingleValueDecodingContainer {
  let probe: SchemaProbe
  let place: SchemaProbe.Place
  let codingPath: [any CodingKey]

  func decodeNil() -> Bool {
    place.isNullable = true
    return false
  }
  func decode(_ type: Bool.Type) -> Bool { ProbePrimitive.bool(at: place) }
  func decode(_ type: String.Type) -> String { ProbePrimitive.string(at: place) }
  func decode(_ type: Double.Type) -> Double { ProbePrimitive.number(at: place) }
  func decode(_ type: Float.Type) -> Float { ProbePrimitive.number(at: place) }
  func decode(_ type: Int.Type) -> Int { ProbePrimitive.integer(at: place) }
  func decode(_ type: Int8.Type) -> Int8 { ProbePrimitive.integer(at: place) }
  func decode(_ type: Int16.Type) -> Int16 { ProbePrimitive.integer(at: place) }
  func decode(_ type: Int32.Type) -> Int32 { ProbePrimitive.integer(at: place) }
  func decode(_ type: Int64.Type) -> Int64 { ProbePrimitive.integer(at: place) }
  func decode(_ type: UInt.Type) -> UInt { ProbePrimitive.integer(at: place) }
  func decode(_ type: UInt8.Type) -> UInt8 { ProbePrimitive.integer(at: place) }
  func decode(_ type: UInt16.Type) -> UInt16 { ProbePrimitive.integer(at: place) }
  func decode(_ type: UInt32.Type) -> UInt32 { ProbePrimitive.integer(at: place) }
  func decode(_ type: UInt64.Type) -> UInt64 { ProbePrimitive.integer(at: place) }
  func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
    try probe.value(of: type, at: place, path: codingPath)
  }
}

private struct ProbeUnkeyedContainer: UnkeyedDecodingContainer {
  let probe: SchemaProbe
  let place: SchemaProbe.Place
  let codingPath: [any CodingKey]
  var count: Int? { 1 }
  var currentIndex = 0
  var isAtEnd: Bool { currentIndex > 0 }

  private mutating func element() -> SchemaProbe.Place {
    currentIndex += 1
    if let known = place.element { return known }
    let element = SchemaProbe.Place()
    place.element = element
    return element
  }

  mutating func decodeNil() -> Bool { false }
  mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
    try probe.value(of: type, at: element(), path: codingPath)
  }
  mutating func nestedContainer<Key: CodingKey>(
    keyedBy type: Key.Type
  ) -> KeyedDecodingContainer<Key> {
    ProbeDecoder(probe: probe, place: element(), codingPath: codingPath).container(keyedBy: type)
  }
  mutating func nestedUnkeyedContainer() -> any UnkeyedDecodingContainer {
    ProbeDecoder(probe: probe, place: element(), codingPath: codingPath).unkeyedContainer()
  }
  mutating func superDecoder() -> any Decoder {
    ProbeDecoder(probe: probe, place: element(), codingPath: codingPath)
  }
}

private struct ProbeKeyedContainer<Key: CodingKey>: KeyedDecodingContainerProtocol {
  let probe: SchemaProbe
  let place: SchemaProbe.Place
  let codingPath: [any CodingKey]
  var allKeys: [Key] { [] }

  func contains(_ key: Key) -> Bool { true }

  func decodeNil(forKey key: Key) -> Bool {
    place.markOptional(key.stringValue)
    return false
  }

  func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
    try probe.value(of: type, at: place.field(key.stringValue), path: codingPath + [key])
  }

  func decodeIfPresent<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value? {
    place.markOptional(key.stringValue)
    if probe.isOpen(type) {
      probe.refer(to: type, at: place.field(key.stringValue))
      return nil
    }
    return try decode(type, forKey: key)
  }

  func nestedContainer<NestedKey: CodingKey>(
    keyedBy type: NestedKey.Type, forKey key: Key
  ) -> KeyedDecodingContainer<NestedKey> {
    decoder(key).container(keyedBy: type)
  }

  func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedDecodingContainer {
    decoder(key).unkeyedContainer()
  }

  func superDecoder() -> any Decoder {
    ProbeDecoder(probe: probe, place: place.field("super"), codingPath: codingPath)
  }

  func superDecoder(forKey key: Key) -> any Decoder { decoder(key) }

  private func decoder(_ key: Key) -> ProbeDecoder {
    ProbeDecoder(
      probe: probe, place: place.field(key.stringValue), codingPath: codingPath + [key])
  }
}
