/// Names and values in the order in which they were added.
public struct TemplateObject: Sendable, Hashable {
  /// A name with its value.
  public struct Member: Sendable, Hashable {
    /// The name.
    public let name: String
    /// The value.
    public var value: TemplateValue
  }

  /// All members, in order.
  public private(set) var members: [Member] = []
  /// Where a name is; only kept for objects too long to search through.
  private var index: [ExactString: Int] = [:]

  private static let searchedThrough = 8

  /// An empty object.
  public init() {}

  /// How many members there are.
  public var count: Int { members.count }
  /// Whether there is none.
  public var isEmpty: Bool { members.isEmpty }
  /// The names, in order.
  public var names: [String] { members.map(\.name) }

  /// The value of a name. A new name is added at the end; nil removes it.
  public subscript(name: String) -> TemplateValue? {
    get { position(of: name).map { members[$0].value } }
    set {
      switch (position(of: name), newValue) {
      case (let position?, let value?): members[position].value = value
      case (let position?, nil):
        members.remove(at: position)
        rebuildIndex()
      case (nil, let value?):
        members.append(Member(name: name, value: value))
        if !index.isEmpty {
          index[ExactString(name)] = members.count - 1
        } else if members.count > Self.searchedThrough {
          rebuildIndex()
        }
      case (nil, nil): break
      }
    }
  }

  private func position(of name: String) -> Int? {
    if index.isEmpty { return members.firstIndex { $0.name.isExactly(name) } }
    return index[ExactString(name)]
  }

  private mutating func rebuildIndex() {
    index = [:]
    guard members.count > Self.searchedThrough else { return }
    for (position, member) in members.enumerated() { index[ExactString(member.name)] = position }
  }

  /// Whether both have the same members in the same order.
  public static func == (left: TemplateObject, right: TemplateObject) -> Bool {
    left.members == right.members
  }

  /// Feeds the members to the hasher.
  public func hash(into hasher: inout Hasher) { hasher.combine(members) }
}
