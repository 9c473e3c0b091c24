/// Builds the bytes of a file's header.
struct HeaderEncoder {
  let version: UInt32
  let byteOrder: ByteOrder
  private(set) var bytes: [UInt8] = []

  init(version: UInt32, byteOrder: ByteOrder) {
    self.version = version
    self.byteOrder = byteOrder
  }

  /// A number in the file's byte order.
  mutating func append<T: FixedWidthInteger>(_ value: T) {
    let ordered = byteOrder == .littleEndian ? value.littleEndian : value.bigEndian
    withUnsafeBytes(of: ordered) { bytes.append(contentsOf: $0) }
  }

  /// A count or a length: 8 bytes, in version 1 only 4.
  mutating func append(count: Int) throws(GGUFError) {
    guard version == 1 else {
      append(UInt64(count))
      return
    }
    guard let narrow = UInt32(exactly: count) else {
      throw GGUFError(.limitExceeded, "GGUF version 1 cannot store the count \(count)")
    }
    append(narrow)
  }

  /// A length and bytes.
  mutating func append(string: some Collection<UInt8>) throws(GGUFError) {
    try append(count: string.count)
    bytes.append(contentsOf: string)
  }

  /// A metadata entry.
  mutating func append(key: String, value: GGUFValue) throws(GGUFError) {
    guard key.utf8.count <= GGUFLimits.keyLength else {
      throw GGUFError(.limitExceeded, "the metadata key is too long", at: .key(key))
    }
    try append(string: key.utf8)
    append(value.type.rawValue)
    try append(value)
  }

  private mutating func append(_ value: GGUFValue) throws(GGUFError) {
    switch value {
    case .uint8(let value): append(value)
    case .int8(let value): append(value)
    case .uint16(let value): append(value)
    case .int16(let value): append(value)
    case .uint32(let value): append(value)
    case .int32(let value): append(value)
    case .uint64(let value): append(value)
    case .int64(let value): append(value)
    case .float32(let value): append(value.bitPattern)
    case .float64(let value): append(value.bitPattern)
    case .bool(let value): append(UInt8(value ? 1 : 0))
    case .string(let value): try append(string: value.slice)
    case .array(let value): try append(value, depth: 1)
    }
  }

  private mutating func append(_ array: GGUFArray, depth: Int) throws(GGUFError) {
    guard depth <= GGUFLimits.arrayDepth else {
      throw GGUFError(
        .limitExceeded, "arrays lie more than \(GGUFLimits.arrayDepth) deep in each other")
    }
    append(array.elementType.rawValue)
    try append(count: array.count)
    switch array {
    case .uint8(let values): bytes.append(contentsOf: values)
    case .int8(let values): for value in values { append(value) }
    case .uint16(let values): for value in values { append(value) }
    case .int16(let values): for value in values { append(value) }
    case .uint32(let values): for value in values { append(value) }
    case .int32(let values): for value in values { append(value) }
    case .uint64(let values): for value in values { append(value) }
    case .int64(let values): for value in values { append(value) }
    case .float32(let values): for value in values { append(value.bitPattern) }
    case .float64(let values): for value in values { append(value.bitPattern) }
    case .bool(let values): for value in values { append(UInt8(value ? 1 : 0)) }
    case .string(let values): for value in values { try append(string: value.slice) }
    case .array(let values): for value in values { try append(value, depth: depth + 1) }
    }
  }
}
