import GGUFKit

/// A metadata value, for JSON and for people.
///
/// Long arrays, such as a vocabulary, are described: `{"type": "string", "count": 32000}`.
struct MetadataValue: Encodable {
  /// Arrays up to this length are given in full; values per layer are shorter than this.
  private static let maximumCount = 1024

  private let value: GGUFValue

  init(_ value: GGUFValue) { self.value = value }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch value {
    case .float32(let number): try container.encode(number)
    case .float64(let number): try container.encode(number)
    case .bool(let flag): try container.encode(flag)
    case .string(let string): try container.encode(string.stringValue)
    case .uint64(let number): try container.encode(number)
    case .array(let array):
      if array.count <= Self.maximumCount {
        try container.encode((0..<array.count).map { MetadataValue(array[$0]) })
      } else {
        try container.encode(Description(type: "\(array.elementType)", count: array.count))
      }
    case .uint8, .int8, .uint16, .int16, .uint32, .int32, .int64:
      try container.encode(value.integer(as: Int64.self))
    }
  }

  private struct Description: Encodable {
    var type: String
    var count: Int
  }

  /// The value in a few words.
  var shortText: String {
    switch value {
    case .string(let string):
      let line = string.stringValue.replacing("\n", with: "\\n")
      return line.count > 80 ? "\(line.prefix(80))… (\(string.byteCount) bytes)" : line
    case .array(let array):
      let items = (0..<min(array.count, 8)).map { MetadataValue(array[$0]).shortText }
      let rest = array.count > items.count ? ", … (\(array.count) x \(array.elementType))" : ""
      return "[\(items.joined(separator: ", "))\(rest)]"
    case .bool(let flag): return "\(flag)"
    case .float32(let number): return "\(number)"
    case .float64(let number): return "\(number)"
    case .uint64(let number): return "\(number)"
    case .uint8, .int8, .uint16, .int16, .uint32, .int32, .int64:
      return value.integer(as: Int64.self).map { "\($0)" } ?? ""
    }
  }
}
