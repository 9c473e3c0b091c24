extension HeaderCursor {
  /// A value's type number.
  mutating func valueType(_ bytes: RawSpan) throws(GGUFError) -> GGUFValueType {
    let start = offset
    let raw: UInt32 = try integer(bytes, for: "a value's type")
    guard let type = GGUFValueType(rawValue: raw) else {
      throw GGUFError(
        .invalidValue, "\(raw) is no type of a metadata value", at: .byteOffset(start))
    }
    return type
  }

  /// A value of a known type.
  mutating func value(_ bytes: RawSpan, type: GGUFValueType) throws(GGUFError) -> GGUFValue {
    switch type {
    case .uint8: .uint8(try integer(bytes, for: "a value"))
    case .int8: .int8(try integer(bytes, for: "a value"))
    case .uint16: .uint16(try integer(bytes, for: "a value"))
    case .int16: .int16(try integer(bytes, for: "a value"))
    case .uint32: .uint32(try integer(bytes, for: "a value"))
    case .int32: .int32(try integer(bytes, for: "a value"))
    case .uint64: .uint64(try integer(bytes, for: "a value"))
    case .int64: .int64(try integer(bytes, for: "a value"))
    case .float32: .float32(Float(bitPattern: try integer(bytes, for: "a value")))
    case .float64: .float64(Double(bitPattern: try integer(bytes, for: "a value")))
    case .bool: .bool(try booleans(bytes, count: 1)[0])
    case .string:
      .string(GGUFString(bytes: [UInt8](copying: bytes, try stringRange(bytes, for: "a string"))))
    case .array: .array(try array(bytes, depth: 1))
    }
  }

  /// An array: its element type, its count, its elements.
  private mutating func array(_ bytes: RawSpan, depth: Int) throws(GGUFError) -> GGUFArray {
    guard depth <= GGUFLimits.arrayDepth else {
      throw GGUFError(
        .limitExceeded, "arrays lie more than \(GGUFLimits.arrayDepth) deep in each other",
        at: .byteOffset(offset))
    }
    let type = try valueType(bytes)
    let count = try count(
      bytes, limit: GGUFLimits.arrayLength, itemBytes: leastBytes(of: type),
      for: "the length of an array")
    return switch type {
    case .uint8: .uint8(try integers(bytes, count: count))
    case .int8: .int8(try integers(bytes, count: count))
    case .uint16: .uint16(try integers(bytes, count: count))
    case .int16: .int16(try integers(bytes, count: count))
    case .uint32: .uint32(try integers(bytes, count: count))
    case .int32: .int32(try integers(bytes, count: count))
    case .uint64: .uint64(try integers(bytes, count: count))
    case .int64: .int64(try integers(bytes, count: count))
    case .float32:
      .float32(try integers(bytes, count: count, as: UInt32.self).map(Float.init(bitPattern:)))
    case .float64:
      .float64(try integers(bytes, count: count, as: UInt64.self).map(Double.init(bitPattern:)))
    case .bool: .bool(try booleans(bytes, count: count))
    case .string: .string(try strings(bytes, count: count))
    case .array: .array(try arrays(bytes, count: count, depth: depth + 1))
    }
  }

  private mutating func arrays(
    _ bytes: RawSpan, count: Int, depth: Int
  ) throws(GGUFError) -> [GGUFArray] {
    var arrays: [GGUFArray] = []
    for _ in 0..<count {
      arrays.append(try array(bytes, depth: depth))
    }
    return arrays
  }

  private mutating func booleans(_ bytes: RawSpan, count: Int) throws(GGUFError) -> [Bool] {
    let start = offset
    let raw = try integers(bytes, count: count, as: UInt8.self)
    if let wrong = raw.firstIndex(where: { $0 > 1 }) {
      throw GGUFError(
        .invalidValue, "a truth value is \(raw[wrong]), not 0 or 1", at: .byteOffset(start + wrong))
    }
    return raw.map { $0 == 1 }
  }

  /// Strings are copied out one after the other into one piece of memory; a first pass over the
  /// lengths finds its size.
  private mutating func strings(
    _ bytes: RawSpan, count: Int
  ) throws(GGUFError) -> GGUFStringArray {
    var scout = self
    var total = 0
    for _ in 0..<count {
      total += try scout.stringRange(bytes, for: "a string").count
    }
    var ends: [Int] = []
    ends.reserveCapacity(count)
    var blob: [UInt8] = []
    blob.reserveCapacity(total)
    for _ in 0..<count {
      let range = try stringRange(bytes, for: "a string")
      bytes.extracting(range).withUnsafeBytes { blob.append(contentsOf: $0) }
      ends.append(blob.count)
    }
    return GGUFStringArray(blob: blob, ends: ends)
  }

  /// The bytes that a value takes at least.
  private func leastBytes(of type: GGUFValueType) -> Int {
    switch type {
    case .uint8, .int8, .bool: 1
    case .uint16, .int16: 2
    case .uint32, .int32, .float32: 4
    case .uint64, .int64, .float64: 8
    case .string: countBytes
    case .array: 4 + countBytes
    }
  }
}
