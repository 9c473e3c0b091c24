/// A Python list.
final class ListObject {
  var elements: [Value]
  var depth: Int
  /// Whether the renderer knows that it was changed, and so may be part of a cycle.
  var isRetained = false

  init(_ elements: [Value], depth: Int) {
    self.elements = elements
    self.depth = depth
  }
}

/// A Python tuple.
final class TupleObject {
  let elements: [Value]
  let depth: Int
  /// Whether the two elements are also called `grouper` and `list`, as those of `groupby` are.
  let isGroup: Bool

  init(_ elements: [Value], depth: Int, isGroup: Bool = false) {
    self.elements = elements
    self.depth = depth
    self.isGroup = isGroup
  }
}

/// A Python dict, in the order of insertion.
final class DictObject {
  private(set) var entries: [(key: Value, value: Value)] = []
  private(set) var depth = 1
  var isRetained = false
  /// Where a key is; only kept for dicts too long to search through.
  private var index: [DictKey: Int] = [:]

  private static let searchedThrough = 8

  /// The value of a hashable key.
  func value(for key: Value) -> Value? { position(of: key).map { entries[$0].value } }

  /// Sets the value of a hashable key.
  func set(_ value: Value, for key: Value) {
    depth = max(depth, value.depth + 1, key.depth + 1)
    if let position = position(of: key) {
      entries[position].value = value
      return
    }
    entries.append((key, value))
    if !index.isEmpty {
      index[DictKey(key)] = entries.count - 1
    } else if entries.count > Self.searchedThrough {
      for (position, entry) in entries.enumerated() { index[DictKey(entry.key)] = position }
    }
  }

  /// Takes a key out.
  func remove(_ key: Value) -> Value? {
    guard let position = position(of: key) else { return nil }
    let value = entries.remove(at: position).value
    let rest = entries
    entries = []
    index = [:]
    for entry in rest { set(entry.value, for: entry.key) }
    return value
  }

  func removeAll() {
    entries = []
    index = [:]
  }

  private func position(of key: Value) -> Int? {
    if index.isEmpty { return entries.firstIndex { DictKey.areEqual($0.key, key) } }
    return index[DictKey(key)]
  }
}

/// A key of a dict: equal numbers of different types are one key.
struct DictKey: Hashable {
  let value: Value

  init(_ value: Value) { self.value = value }

  static func == (left: DictKey, right: DictKey) -> Bool { areEqual(left.value, right.value) }

  static func areEqual(_ left: Value, _ right: Value) -> Bool {
    switch (left, right) {
    case (.string(let a), .string(let b)): return a.isExactly(b)
    case (.none, .none), (.undefined, .undefined): return true
    case (.tuple(let a), .tuple(let b)):
      return a.elements.count == b.elements.count
        && zip(a.elements, b.elements).allSatisfy { areEqual($0, $1) }
    case (.object(let a), .object(let b)): return a === b
    default:
      if let a = left.text, let b = right.text { return a.isExactly(b) }
      if let a = left.integer, let b = right.integer { return a == b }
      if let a = left.number, let b = right.number { return a == b }
      return false
    }
  }

  func hash(into hasher: inout Hasher) {
    switch value {
    case .tuple(let tuple):
      for element in tuple.elements { DictKey(element).hash(into: &hasher) }
    case .object(let object): hasher.combine(ObjectIdentifier(object))
    default:
      if let text = value.text {
        ExactString(text).hash(into: &hasher)
      } else {
        hasher.combine(value.number)
      }
    }
  }

  /// Whether a value may be a key.
  static func isHashable(_ value: Value) -> Bool {
    switch value {
    case .list, .dict: false
    case .tuple(let tuple): tuple.elements.allSatisfy(isHashable)
    case .object(let object): object.isHashable
    default: true
    }
  }
}
