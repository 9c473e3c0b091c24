extension RegularExpression {
  /// The texts in which an expression finds a match.
  static func automaton(
    of node: Node
  ) throws(CharacterAutomaton.TooLarge) -> CharacterAutomaton {
    var builder = NondeterministicAutomaton()
    // A match may begin and end anywhere.
    let before = try builder.addState()
    let start = try builder.addState()
    let end = try builder.addState()
    builder.connect(before, .all, before)
    builder.connect(before, start)
    try builder.add(node, from: start, to: end)
    builder.connect(end, .all, end)
    return try builder.determinized(from: before, accepting: end)
  }
}

/// An automaton that may be in many states at once, on the way from an expression to a deterministic
/// one (K. Thompson, "Regular Expression Search Algorithm", 1968).
struct NondeterministicAutomaton {
  private struct State {
    var characters: [(set: ScalarSet, target: Int)] = []
    var empty: [Int] = []
    /// Ways that are open only before the first character.
    var atStart: [Int] = []
    /// Ways that are open only after the last character.
    var atEnd: [Int] = []
  }

  private var states: [State] = []

  /// The most states.
  static let maximumStates = 100_000

  mutating func addState() throws(CharacterAutomaton.TooLarge) -> Int {
    guard states.count < Self.maximumStates else { throw CharacterAutomaton.TooLarge() }
    states.append(State())
    return states.count - 1
  }

  mutating func connect(_ source: Int, _ target: Int) { states[source].empty.append(target) }

  mutating func connect(_ source: Int, _ set: ScalarSet, _ target: Int) {
    states[source].characters.append((set, target))
  }

  mutating func add(
    _ node: RegularExpression.Node, from source: Int, to target: Int
  ) throws(CharacterAutomaton.TooLarge) {
    switch node {
    case .empty: connect(source, target)
    case .characters(let set): connect(source, set, target)
    case .start: states[source].atStart.append(target)
    case .end: states[source].atEnd.append(target)
    case .alternatives(let nodes):
      for node in nodes { try add(node, from: source, to: target) }
    case .sequence(let nodes):
      var last = source
      for node in nodes {
        let next = try addState()
        try add(node, from: last, to: next)
        last = next
      }
      connect(last, target)
    case .repetition(let node, let minimum, let maximum):
      var last = source
      for _ in 0..<minimum {
        let next = try addState()
        try add(node, from: last, to: next)
        last = next
      }
      guard let maximum else {
        let loop = try addState()
        connect(last, loop)
        let back = try addState()
        try add(node, from: loop, to: back)
        connect(back, loop)
        connect(loop, target)
        return
      }
      connect(last, target)
      for _ in minimum..<maximum {
        let next = try addState()
        try add(node, from: last, to: next)
        connect(next, target)
        last = next
      }
    }
  }

  func determinized(
    from start: Int, accepting end: Int
  ) throws(CharacterAutomaton.TooLarge) -> CharacterAutomaton {
    var sets = [closure([start], atStart: true)]
    var numbers: [[Int]: Int32] = [:]
    // The start is never reached again: only there `^` matches.
    var result: [CharacterAutomaton.State] = []
    var work = 0
    while result.count < sets.count {
      guard sets.count <= CharacterAutomaton.maximumStates else {
        throw CharacterAutomaton.TooLarge()
      }
      let set = sets[result.count]
      var state = CharacterAutomaton.State()
      let isStart = result.isEmpty
      work += set.count
      if closure(set, atStart: isStart, atEnd: true).contains(end) { state.label = 0 }
      for (range, targets) in partition(set) {
        work += targets.count
        guard work <= Self.maximumWork else { throw CharacterAutomaton.TooLarge() }
        let next = closure(targets, atStart: false)
        let number: Int32
        if let known = numbers[next] {
          number = known
        } else {
          number = Int32(sets.count)
          numbers[next] = number
          sets.append(next)
        }
        state.transitions.append(
          CharacterAutomaton.Transition(characters: range, target: number))
      }
      result.append(state)
    }
    return CharacterAutomaton(states: result)
  }

  /// Bounds the time that an expression can take.
  private static let maximumWork = 20_000_000

  /// The states that can be reached without a character, rising.
  private func closure(_ set: [Int], atStart: Bool, atEnd: Bool = false) -> [Int] {
    var found = Set(set)
    var pending = set
    while let index = pending.popLast() {
      var targets = states[index].empty
      if atStart { targets += states[index].atStart }
      if atEnd { targets += states[index].atEnd }
      for target in targets where found.insert(target).inserted { pending.append(target) }
    }
    return found.sorted()
  }

  /// Ranges of characters with the states that they lead to.
  private func partition(_ set: [Int]) -> [(ClosedRange<UInt32>, [Int])] {
    var events: [(position: UInt32, target: Int, isStart: Bool)] = []
    for index in set {
      for (characters, target) in states[index].characters {
        for range in characters.ranges {
          events.append((range.lowerBound, target, true))
          events.append((range.upperBound + 1, target, false))
        }
      }
    }
    events.sort { $0.position < $1.position }
    var counts: [Int: Int] = [:]
    var result: [(ClosedRange<UInt32>, [Int])] = []
    var index = 0
    while index < events.count {
      let position = events[index].position
      while index < events.count, events[index].position == position {
        let (target, isStart) = (events[index].target, events[index].isStart)
        let count = counts[target, default: 0] + (isStart ? 1 : -1)
        counts[target] = count == 0 ? nil : count
        index += 1
      }
      if !counts.isEmpty, index < events.count {
        result.append((position...events[index].position - 1, counts.keys.sorted()))
      }
    }
    return result
  }
}
