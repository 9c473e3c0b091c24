/// A file's metadata: keys and values, in the order of the file.
public struct GGUFMetadata: Sendable {
  /// The keys, in order.
  public private(set) var keys: [String] = []

  private var values: [String: GGUFValue] = [:]

  /// No entries.
  public init() {}

  /// The number of entries.
  public var count: Int { keys.count }

  /// Whether there are no entries.
  public var isEmpty: Bool { keys.isEmpty }

  /// The value of a key. A new key goes to the end; setting `nil` removes the entry.
  public subscript(_ key: String) -> GGUFValue? {
    get { values[key] }
    set {
      let isNew = values[key] == nil
      values[key] = newValue
      if isNew, newValue != nil {
        keys.append(key)
      } else if !isNew, newValue == nil {
        keys.removeAll { $0 == key }
      }
    }
  }

  /// The value of a key, converted; `nil` when it is missing or of a type that does not convert.
  ///
  /// Integers of any width convert when the value fits. Setting `nil` removes the entry. Setting
  /// an architecture-relative key needs ``MetadataKey/architecture`` to be set: without it,
  /// nothing happens.
  public subscript<T>(_ key: MetadataKey<T>) -> T? {
    get { fullName(of: key).flatMap { values[$0] }.flatMap { T(ggufValue: $0) } }
    set {
      if let name = fullName(of: key) { self[name] = newValue?.ggufValue }
    }
  }

  /// The value of a key, converted.
  ///
  /// - Throws: ``GGUFError/Code/missingKey`` when there is no such entry (or no
  ///   architecture that the key could be relative to),
  ///   ``GGUFError/Code/wrongType`` when its type does not convert.
  public func value<T>(_ key: MetadataKey<T>) throws(GGUFError) -> T {
    guard let name = fullName(of: key) else {
      throw Self.missing(MetadataKey<String>.architecture.name)
    }
    guard let value = values[name] else { throw Self.missing(name) }
    guard let converted = T(ggufValue: value) else {
      throw GGUFError(
        .wrongType, "the value should be \(T.ggufDescription) but is of type \(value.type)",
        at: .key(name))
    }
    return converted
  }

  /// The value of a key, converted, or `fallback` when there is no such entry.
  ///
  /// - Throws: ``GGUFError/Code/wrongType`` when its type does not convert.
  public func value<T>(_ key: MetadataKey<T>, default fallback: T) throws(GGUFError) -> T {
    guard let name = fullName(of: key), values[name] != nil else { return fallback }
    return try value(key)
  }

  /// The key's full name in this file; `nil` when it is relative and there is no architecture.
  public func fullName<T>(of key: MetadataKey<T>) -> String? {
    guard key.isArchitectureRelative else { return key.name }
    return values[MetadataKey<String>.architecture.name]?.stringValue
      .map { key.fullName(architecture: $0) }
  }

  private static func missing(_ name: String) -> GGUFError {
    GGUFError(.missingKey, "the file's metadata lacks a key that is needed", at: .key(name))
  }
}

extension GGUFMetadata: Sequence {
  /// The entries, in order.
  public func makeIterator() -> some IteratorProtocol<(key: String, value: GGUFValue)> {
    keys.lazy.compactMap { key in values[key].map { (key: key, value: $0) } }.makeIterator()
  }
}

extension GGUFMetadata: Equatable {
  /// Whether the entries are equal and in the same order.
  public static func == (left: GGUFMetadata, right: GGUFMetadata) -> Bool {
    left.keys == right.keys && left.values == right.values
  }
}

extension GGUFMetadata: ExpressibleByDictionaryLiteral {
  /// These entries; of two with one key the last counts.
  public init(dictionaryLiteral elements: (String, GGUFValue)...) {
    self.init()
    for (key, value) in elements { self[key] = value }
  }
}
