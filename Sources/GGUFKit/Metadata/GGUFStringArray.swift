/// Many strings in one piece of memory: a vocabulary of a hundred thousand pieces takes two
/// allocations, and an element shares their storage.
public struct GGUFStringArray: Sendable {
  /// All strings, one after the other.
  private var blob: [UInt8]
  /// Where each string ends in ``blob``.
  private var ends: [Int]

  /// No strings.
  public init() {
    blob = []
    ends = []
  }

  /// These strings.
  public init(_ strings: some Sequence<GGUFString>) {
    self.init()
    for string in strings { append(string) }
  }

  /// The UTF-8 bytes of these texts.
  public init(_ texts: some Sequence<String>) {
    self.init()
    for text in texts { append(GGUFString(text)) }
  }

  /// Strings that lie in `blob`, each ending where `ends` says, in rising order.
  init(blob: [UInt8], ends: [Int]) {
    self.blob = blob
    self.ends = ends
  }

  /// Adds a string.
  public mutating func append(_ string: GGUFString) {
    blob.append(contentsOf: string.slice)
    ends.append(blob.count)
  }

  /// The bytes of all strings together.
  public var totalByteCount: Int { blob.count }

  /// Calls `body` with the bytes of one string, without a copy or a reference count.
  public func withBytes<R>(at index: Int, _ body: (Span<UInt8>) throws -> R) rethrows -> R {
    try body(blob.span.extracting(range(of: index)))
  }

  private func range(of index: Int) -> Range<Int> {
    (index == 0 ? 0 : ends[index - 1])..<ends[index]
  }
}

extension GGUFStringArray: RandomAccessCollection {
  /// Zero.
  public var startIndex: Int { 0 }

  /// The number of strings.
  public var endIndex: Int { ends.count }

  /// One string; it shares this array's storage.
  public subscript(index: Int) -> GGUFString { GGUFString(slice: blob[range(of: index)]) }
}

extension GGUFStringArray: Equatable {
  /// Whether the strings are equal, byte for byte.
  public static func == (left: GGUFStringArray, right: GGUFStringArray) -> Bool {
    left.ends == right.ends && left.blob == right.blob
  }
}

extension GGUFStringArray: ExpressibleByArrayLiteral {
  /// These strings.
  public init(arrayLiteral elements: GGUFString...) { self.init(elements) }
}
