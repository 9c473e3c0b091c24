/// The names that a loop's body, a macro or a block has for itself.
final class Scope: Clearable {
  let parent: Scope?
  /// Whether something that may outlive a pass through a loop refers to it.
  var isCaptured = false
  private var values: [(name: NameID, value: Value)] = []

  init(parent: Scope?) { self.parent = parent }

  /// The value of a name in this scope.
  func value(of name: NameID) -> Value? {
    for (other, value) in values where other == name { return value }
    return nil
  }

  func set(_ name: NameID, to value: Value) {
    for index in values.indices where values[index].name == name {
      values[index].value = value
      return
    }
    values.append((name, value))
  }

  func clear() { values.removeAll(keepingCapacity: true) }
}
