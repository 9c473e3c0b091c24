extension CharacterAutomaton {
  /// An automaton would have had more states than a limit.
  struct TooLarge: Error {}

  /// The most states of an automaton.
  static let maximumStates = 20_000

  /// Reads both automata at once.
  ///
  /// - Parameter label: The label of a text, from its labels in both; -1 for none.
  func combined(
    with other: CharacterAutomaton, label: (Int32, Int32) -> Int32
  ) throws(TooLarge) -> CharacterAutomaton {
    struct Pair: Hashable {
      var left: Int32
      var right: Int32
    }
    let deadIsDead = label(-1, -1) < 0
    var numbers: [Pair: Int32] = [:]
    var pairs: [Pair] = []
    func number(_ pair: Pair) -> Int32 {
      if let known = numbers[pair] { return known }
      let number = Int32(pairs.count)
      numbers[pair] = number
      pairs.append(pair)
      return number
    }
    _ = number(Pair(left: isEmpty ? -1 : 0, right: other.isEmpty ? -1 : 0))
    var result: [State] = []
    while result.count < pairs.count {
      guard pairs.count <= Self.maximumStates else { throw TooLarge() }
      let pair = pairs[result.count]
      let left = pair.left < 0 ? State() : states[Int(pair.left)]
      let right = pair.right < 0 ? State() : other.states[Int(pair.right)]
      var state = State(label: label(left.label, right.label))
      for (range, first, second) in Self.merge(left.transitions, right.transitions) {
        if first < 0, second < 0, deadIsDead { continue }
        state.transitions.append(
          Transition(characters: range, target: number(Pair(left: first, right: second))))
      }
      result.append(state)
    }
    return CharacterAutomaton(states: result)
  }

  /// All scalar values, cut so that in each range both lists lead to one target, or nowhere (-1).
  private static func merge(
    _ left: [Transition], _ right: [Transition]
  ) -> [(ClosedRange<UInt32>, Int32, Int32)] {
    var result: [(ClosedRange<UInt32>, Int32, Int32)] = []
    for whole in ScalarSet.all.ranges {
      var position = whole.lowerBound
      while true {
        let (first, firstEnd) = target(in: left, at: position)
        let (second, secondEnd) = target(in: right, at: position)
        let end = min(firstEnd, secondEnd, whole.upperBound)
        result.append((position...end, first, second))
        guard end < whole.upperBound else { break }
        position = end + 1
      }
    }
    return result
  }

  /// Where a character leads, and the last character for which it is the same.
  private static func target(
    in transitions: [Transition], at scalar: UInt32
  ) -> (target: Int32, end: UInt32) {
    var low = 0
    var high = transitions.count
    while low < high {
      let middle = (low + high) / 2
      if transitions[middle].characters.upperBound < scalar {
        low = middle + 1
      } else {
        high = middle
      }
    }
    guard low < transitions.count else { return (-1, .max) }
    let next = transitions[low]
    if next.characters.lowerBound > scalar { return (-1, next.characters.lowerBound - 1) }
    return (next.target, next.characters.upperBound)
  }

  /// The texts in both sets.
  func intersection(_ other: CharacterAutomaton) throws(TooLarge) -> CharacterAutomaton {
    try combined(with: other) { $0 >= 0 && $1 >= 0 ? 0 : -1 }
  }

  /// The texts in neither this set nor `other`.
  func complement() throws(TooLarge) -> CharacterAutomaton {
    try combined(with: .none) { left, _ in left < 0 ? 0 : -1 }
  }

  /// The texts in this set or the other one.
  func union(_ other: CharacterAutomaton) throws(TooLarge) -> CharacterAutomaton {
    try combined(with: other) { $0 >= 0 || $1 >= 0 ? 0 : -1 }
  }

  /// For each state, a shortest way on: the next character, or `nil` where a text may end, with the
  /// bytes in a JSON string until then.
  func shortestEnds() -> [(length: Int, next: UInt32?)] {
    var ends = states.map { state -> (length: Int, next: UInt32?) in
      (state.label >= 0 ? 0 : Int.max / 4, nil)
    }
    var changed = true
    while changed {
      changed = false
      for index in states.indices.reversed() {
        for transition in states[index].transitions {
          let scalar = ScalarSet(transition.characters).shortestScalar
          let length = ends[Int(transition.target)].length + scalar.jsonBytes.count
          if length < ends[index].length {
            ends[index] = (length, scalar)
            changed = true
          }
        }
      }
    }
    return ends
  }
}
