/// A string as a GGUF file stores it: bytes that should be UTF-8 but need not be.
///
/// Vocabularies hold pieces of characters, so the bytes are kept as they are. An element of a
/// ``GGUFStringArray`` shares the array's storage: taking one copies nothing.
public struct GGUFString: Sendable {
  /// The bytes, sharing storage; the indices need not start at zero.
  public let slice: ArraySlice<UInt8>

  /// A string of these bytes.
  public init(bytes: [UInt8]) { slice = bytes[...] }

  /// A string of these bytes, sharing their storage.
  public init(slice: ArraySlice<UInt8>) { self.slice = slice }

  /// The UTF-8 bytes of `text`.
  public init(_ text: some StringProtocol) { slice = ArraySlice(text.utf8) }

  /// The bytes.
  public var bytes: [UInt8] { Array(slice) }

  /// The number of bytes.
  public var byteCount: Int { slice.count }

  /// The text, with U+FFFD in place of what is not UTF-8.
  public var stringValue: String { String(decoding: slice, as: UTF8.self) }

  /// The text, or `nil` when the bytes are not UTF-8.
  public var validStringValue: String? { String(validating: slice, as: UTF8.self) }
}

extension GGUFString: Hashable {
  /// Whether the bytes are equal.
  public static func == (left: GGUFString, right: GGUFString) -> Bool {
    left.slice.elementsEqual(right.slice)
  }

  /// Hashes the bytes.
  public func hash(into hasher: inout Hasher) { hasher.combine(slice) }
}

extension GGUFString: ExpressibleByStringLiteral, CustomStringConvertible {
  /// The UTF-8 bytes of a literal.
  public init(stringLiteral value: String) { self.init(value) }

  /// The text, with U+FFFD in place of what is not UTF-8.
  public var description: String { stringValue }
}
