/// A deterministic automaton over Unicode scalar values: a set of texts. Each accepting state has a
/// label, so that one automaton can tell several sets apart.
struct CharacterAutomaton: Hashable, Sendable {
  /// Where some characters lead.
  struct Transition: Hashable, Sendable {
    var characters: ClosedRange<UInt32>
    var target: Int32
  }

  /// A state.
  struct State: Hashable, Sendable {
    /// Rising and disjoint.
    var transitions: [Transition] = []
    /// What the texts that end here are; -1 for texts that are not in the set.
    var label: Int32 = -1
  }

  /// The first one is the start; none for the empty set.
  private(set) var states: [State] = []

  /// The automaton of these states, without those from which no text ends.
  init(states: [State]) {
    self.states = states
    trim()
  }

  /// All texts.
  static let all = CharacterAutomaton(states: [
    State(
      transitions: ScalarSet.all.ranges.map { Transition(characters: $0, target: 0) }, label: 0)
  ])

  /// No text.
  static let none = CharacterAutomaton(states: [])

  /// Some texts, each with its place among them as the label.
  init(texts: [JSONText]) {
    var children: [[UInt32: Int]] = [[:]]
    var labels: [Int32] = [-1]
    for (index, text) in texts.enumerated() {
      var node = 0
      for scalar in text.scalars {
        if let child = children[node][scalar] {
          node = child
        } else {
          children[node][scalar] = children.count
          node = children.count
          children.append([:])
          labels.append(-1)
        }
      }
      if labels[node] < 0 { labels[node] = Int32(index) }
    }
    self.init(
      states: zip(children, labels).map { children, label in
        State(
          transitions: children.sorted { $0.key < $1.key }.map {
            Transition(characters: $0.key...$0.key, target: Int32($0.value))
          }, label: label)
      })
  }

  /// The texts whose length is within bounds, in characters.
  init(minimumLength: Int, maximumLength: Int?) {
    let count = max(minimumLength, maximumLength ?? 0) + 1
    self.init(
      states: (0..<count).map { length in
        let next = length + 1 < count ? length + 1 : maximumLength == nil ? length : nil
        return State(
          transitions: next.map { next in
            ScalarSet.all.ranges.map { Transition(characters: $0, target: Int32(next)) }
          } ?? [],
          label: length >= minimumLength ? 0 : -1)
      })
  }

  var isEmpty: Bool { states.isEmpty }

  /// Whether all texts are in the set, under one label.
  var isAll: Bool { self == .all }

  /// The state after a character; -1 for none.
  func step(_ state: Int32, _ scalar: UInt32) -> Int32 {
    guard let transition = transition(from: state, in: scalar...scalar) else { return -1 }
    return transition.target
  }

  /// The first transition by a character of a range.
  func transition(from state: Int32, in range: ClosedRange<UInt32>) -> Transition? {
    let transitions = states[Int(state)].transitions
    var low = 0
    var high = transitions.count
    while low < high {
      let middle = (low + high) / 2
      if transitions[middle].characters.upperBound < range.lowerBound {
        low = middle + 1
      } else {
        high = middle
      }
    }
    guard low < transitions.count, transitions[low].characters.lowerBound <= range.upperBound
    else { return nil }
    return transitions[low]
  }

  /// The label of a text; -1 where it is not in the set.
  func label(of text: JSONText) -> Int32 {
    if isEmpty { return -1 }
    var state: Int32 = 0
    for scalar in text.scalars {
      state = step(state, scalar)
      if state < 0 { return -1 }
    }
    return states[Int(state)].label
  }

  /// The texts in the set, or `nil` where they are more than a limit.
  func texts(atMost limit: Int) -> [(text: JSONText, label: Int32)]? {
    var found: [(text: JSONText, label: Int32)] = []
    var level: [(state: Int32, text: [UInt32])] = isEmpty ? [] : [(0, [])]
    // Longer texts than there are states come from cycles, which give infinitely many.
    for _ in 0...states.count {
      var next: [(state: Int32, text: [UInt32])] = []
      for (state, text) in level {
        let label = states[Int(state)].label
        if label >= 0 { found.append((JSONText(scalars: text), label)) }
        for transition in states[Int(state)].transitions {
          guard transition.characters.count <= limit else { return nil }
          for scalar in transition.characters { next.append((transition.target, text + [scalar])) }
        }
        // From every state some text ends.
        guard found.count <= limit, next.count <= limit else { return nil }
      }
      if next.isEmpty { return found }
      level = next
    }
    return nil
  }

  /// Removes states that no text reaches, and those from which none ends.
  private mutating func trim() {
    guard !states.isEmpty else { return }
    var sources: [[Int32]] = states.map { _ in [] }
    for (index, state) in states.enumerated() {
      for transition in state.transitions { sources[Int(transition.target)].append(Int32(index)) }
    }
    var isLive = states.map { $0.label >= 0 }
    var pending = states.indices.filter { isLive[$0] }
    while let index = pending.popLast() {
      for source in sources[index] where !isLive[Int(source)] {
        isLive[Int(source)] = true
        pending.append(Int(source))
      }
    }
    guard isLive[0] else {
      states = []
      return
    }
    var numbers = states.map { _ in Int32(-1) }
    var order = [0]
    numbers[0] = 0
    var next = 0
    while next < order.count {
      for transition in states[order[next]].transitions {
        let target = Int(transition.target)
        guard isLive[target], numbers[target] < 0 else { continue }
        numbers[target] = Int32(order.count)
        order.append(target)
      }
      next += 1
    }
    states = order.map { index in
      var state = states[index]
      state.transitions = state.transitions.compactMap { transition in
        let target = numbers[Int(transition.target)]
        return target < 0 ? nil : Transition(characters: transition.characters, target: target)
      }
      return state
    }
  }
}
