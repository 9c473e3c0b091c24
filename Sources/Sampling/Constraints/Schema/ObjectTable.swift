/// An object's shape with tables for reading keys.
struct ObjectTable: Sendable {
  private(set) var shape: ObjectShape
  /// The names as a tree of characters, with the index of the name that ends at each place.
  private(set) var children: [[UInt32: Int32]] = [[:]]
  private(set) var nameAt: [Int32] = [-1]
  /// The names that begin with each place of the tree.
  private(set) var namesBelow: [[Int32]] = []
  private(set) var fingerprints: [UInt64: Int] = [:]
  /// Whether a key without a name may be used.
  private(set) var allowsOthers = false
  private(set) var canBeUsed: [Bool]
  /// By state of the classifier, how many keys end from there, up to a limit.
  private var keyCounts: [Int] = []

  private static let countedKeys = 300

  init(_ shape: ObjectShape) {
    self.shape = shape
    canBeUsed = shape.names.map { _ in true }
    namesBelow = [shape.names.indices.map { Int32($0) }]
    for (index, name) in shape.names.enumerated() {
      fingerprints[name.fingerprint] = index
      var place: Int32 = 0
      for scalar in name.scalars {
        if let child = children[Int(place)][scalar] {
          place = child
          namesBelow[Int(place)].append(Int32(index))
        } else {
          let child = Int32(children.count)
          children[Int(place)][scalar] = child
          children.append([:])
          nameAt.append(-1)
          namesBelow.append([Int32(index)])
          place = child
        }
      }
      nameAt[Int(place)] = Int32(index)
    }
    allowsOthers = !shape.classifier.isEmpty
    countKeys()
  }

  private mutating func countKeys() {
    keyCounts = shape.classifier.states.map { $0.label >= 0 ? 1 : 0 }
    var changed = true
    while changed {
      changed = false
      for (index, state) in shape.classifier.states.enumerated().reversed() {
        var count = state.label >= 0 ? 1 : 0
        for transition in state.transitions where count < Self.countedKeys {
          let (product, overflow) = keyCounts[Int(transition.target)]
            .multipliedReportingOverflow(by: transition.characters.count)
          count = overflow ? Self.countedKeys : min(Self.countedKeys, count + product)
        }
        if count > keyCounts[index] {
          keyCounts[index] = count
          changed = true
        }
      }
    }
  }

  /// Whether a key without a name that is not among some can still come.
  func hasFreshKey(
    from state: Int32, place: Int32, fingerprint: UInt64, avoiding keys: [UInt64]
  ) -> Bool {
    keyCounts[Int(state)] > keys.count + shape.names.count
      || freshKey(from: state, place: place, fingerprint: fingerprint, avoiding: keys) != nil
  }

  /// A character of a range after which such a key can still come.
  func character(
    toFreshKeyFrom state: Int32, in range: ClosedRange<UInt32>, place: Int32, fingerprint: UInt64,
    avoiding keys: [UInt64]
  ) -> UInt32? {
    // Each further character leads to another key.
    let limit = keys.count + shape.names.count + 1
    for transition in shape.classifier.states[Int(state)].transitions
    where transition.characters.overlaps(range) {
      let found = transition.characters.clamped(to: range).prefix(limit).first { scalar in
        hasFreshKey(
          from: transition.target, place: step(place, scalar),
          fingerprint: JSONText.mix(fingerprint, scalar), avoiding: keys)
      }
      if let found { return found }
    }
    return nil
  }

  /// Takes away keys whose values cannot be.
  mutating func prune(
    where isPossible: (SchemaID) -> Bool
  ) throws(CharacterAutomaton.TooLarge) {
    canBeUsed = shape.values.map(isPossible)
    let others = shape.others.map(isPossible)
    if others.contains(false) {
      shape.classifier = try shape.classifier.combined(with: .none) { label, _ in
        label >= 0 && others[Int(label)] ? label : -1
      }
    }
    allowsOthers = !shape.classifier.isEmpty
    countKeys()
  }

  /// The place in the tree of names after a character; -1 for none.
  func step(_ place: Int32, _ scalar: UInt32) -> Int32 {
    place < 0 ? -1 : children[Int(place)][scalar] ?? -1
  }

  /// What may come after some keys.
  struct Status: Sendable {
    /// By name, whether it may be the next key.
    var isAllowed: [Bool]
    /// Whether a key without a name may be next.
    var allowsOthers: Bool
    /// Whether the object may end.
    var canEnd: Bool

    var allowsAny: Bool { allowsOthers || isAllowed.contains(true) }
  }

  /// What may come after the keys with some fingerprints.
  func status(after keys: [UInt64], isOrdered: Bool) -> Status {
    var isUsed = shape.names.map { _ in false }
    var last = -1
    var usedOther = false
    for key in keys {
      if let index = fingerprints[key] {
        isUsed[index] = true
        last = max(last, index)
      } else {
        usedOther = true
      }
    }
    let missing = shape.names.indices.filter { shape.isRequired[$0] && !isUsed[$0] }
    let room = (shape.maximum ?? .max) - keys.count
    var isAllowed = shape.names.indices.map { index in
      guard canBeUsed[index], !isUsed[index] else { return false }
      return shape.isRequired[index] || missing.count < room
    }
    var others =
      allowsOthers && missing.count < room
      && hasFreshKey(
        from: 0, place: 0, fingerprint: JSONText.emptyFingerprint, avoiding: keys)
    if isOrdered {
      let next = missing.first ?? .max
      // From back to front: how many keys can still follow.
      var following = allowsOthers ? Int.max / 2 : 0
      for index in shape.names.indices.reversed() {
        if usedOther || index < last || index > next { isAllowed[index] = false }
        if keys.count + 1 + following < shape.minimum { isAllowed[index] = false }
        if canBeUsed[index], !isUsed[index] { following += 1 }
      }
      others = others && missing.isEmpty
    }
    return Status(
      isAllowed: isAllowed, allowsOthers: others,
      canEnd: missing.isEmpty && keys.count >= shape.minimum)
  }

  /// A key without a name that is not among some, as short as any.
  ///
  /// - Parameters:
  ///   - state: The state of the classifier after what has been read of it.
  ///   - place: The place in the tree of names.
  ///   - fingerprint: That of what has been read.
  /// - Returns: The rest of the key and its label.
  func freshKey(
    from state: Int32, place: Int32, fingerprint: UInt64, avoiding keys: [UInt64]
  ) -> (rest: JSONText, label: Int32)? {
    var level: [(state: Int32, place: Int32, fingerprint: UInt64, rest: [UInt32])] = [
      (state, place, fingerprint, [])
    ]
    let automaton = shape.classifier
    for _ in 0...automaton.states.count + 4 {
      for item in level {
        let label = automaton.states[Int(item.state)].label
        let isName = item.place >= 0 && nameAt[Int(item.place)] >= 0
        if label >= 0, !isName, !keys.contains(item.fingerprint) {
          return (JSONText(scalars: item.rest), label)
        }
      }
      var next: [(state: Int32, place: Int32, fingerprint: UInt64, rest: [UInt32])] = []
      for item in level {
        for transition in automaton.states[Int(item.state)].transitions {
          for scalar in Self.scalars(of: transition.characters) where next.count < 2000 {
            next.append(
              (
                transition.target, step(item.place, scalar),
                JSONText.mix(item.fingerprint, scalar), item.rest + [scalar]
              ))
          }
        }
      }
      level = next
    }
    return nil
  }

  /// Some of the characters of a range, those that read best first.
  private static func scalars(of range: ClosedRange<UInt32>) -> [UInt32] {
    let letters = range.clamped(to: 0x61...0x7A)
    if range.overlaps(0x61...0x7A) { return Array(letters) }
    if range.overlaps(0x23...0x5B) { return Array(range.clamped(to: 0x23...0x5B).prefix(40)) }
    return Array(range.prefix(40))
  }
}
