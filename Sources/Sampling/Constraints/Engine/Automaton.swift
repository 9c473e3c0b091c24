/// A deterministic automaton over bytes, made from a machine as it is used: states are sets of stacks,
/// and each step is computed once.
struct Automaton: Sendable {
  private(set) var machine: any ConstraintMachine
  private(set) var store = StackStore()
  private var transitions = TransitionTable()
  private var completeness: [StateID: Bool] = [:]

  /// The state before the first byte.
  private(set) var start: StateID = .dead

  init(_ machine: any ConstraintMachine) {
    self.machine = machine
    start = self.machine.start(in: &store)
  }

  /// The state after a byte; ``StateID/dead`` where it is not allowed.
  mutating func step(_ state: StateID, _ byte: UInt8) -> StateID {
    if state == .dead { return .dead }
    if let known = transitions[state, byte] { return known }
    var advance = Advance()
    for number in store.states[Int(state)] {
      machine.advance(store.nodes[Int(number)], by: byte, in: &store, into: &advance)
    }
    var next = store.state(of: advance.nodes)
    for state in advance.states { next = store.union(next, state) }
    for state in advance.popped { next = store.union(next, step(state, byte)) }
    transitions[state, byte] = next
    return next
  }

  /// The state after some bytes.
  mutating func step(_ state: StateID, _ bytes: some Sequence<UInt8>) -> StateID {
    var state = state
    for byte in bytes {
      state = step(state, byte)
      if state == .dead { break }
    }
    return state
  }

  /// The state of the stacks of both.
  mutating func union(_ left: StateID, _ right: StateID) -> StateID { store.union(left, right) }

  /// Whether the text may end in a state.
  mutating func isComplete(_ state: StateID) -> Bool {
    if let known = completeness[state] { return known }
    let complete = store.tops(of: state).contains { machine.isComplete($0, in: store) }
    completeness[state] = complete
    return complete
  }

  /// The moves by whole tokens from a state.
  mutating func tokenMoves(from state: StateID) -> [TokenMove] {
    store.tops(of: state).flatMap { machine.tokenMoves(from: $0, in: &store) }
  }

  /// A shortest text that completes a state, or nearly one.
  ///
  /// - Returns: `nil` where there is none of at most ``closingLimit`` bytes.
  mutating func closing(of state: StateID) -> [UInt8]? {
    if isComplete(state) { return [] }
    // By state, and from the bottom up: the stacks may be deep.
    var closings: [StateID: [UInt8]?] = [.dead: []]
    var pending = [state]
    while let next = pending.last {
      let tops = store.tops(of: next)
      let missing = tops.map(\.beneath).filter { closings[$0] == nil }
      guard missing.isEmpty else {
        pending += missing
        continue
      }
      pending.removeLast()
      var best: [UInt8]?
      for node in tops {
        let rest: [UInt8]?
        if node.beneath != .dead, isComplete(node.beneath) {
          rest = []
        } else {
          rest = closings[node.beneath] ?? nil
        }
        guard let rest, let own = machine.closing(of: node.frame, in: store) else { continue }
        guard own.count + rest.count <= Self.closingLimit else { continue }
        if own.count + rest.count < best?.count ?? .max { best = own + rest }
      }
      closings[next] = .some(best)
    }
    return closings[state] ?? nil
  }

  /// The longest closing text, in bytes.
  static let closingLimit = 1 << 20

  /// What decides which tokens without a quotation mark a state reads, if that is known.
  func insides(of state: StateID) -> [Inside]? {
    var insides: [Inside] = []
    for number in store.states[Int(state)] {
      guard let inside = machine.inside(of: store.nodes[Int(number)].frame) else { return nil }
      insides.append(inside)
    }
    return insides
  }

  /// A state with one frame and nothing beneath.
  mutating func state(of frame: Frame) -> StateID {
    store.state(of: [StackStore.Node(frame: frame, beneath: .dead)])
  }

  /// Whether so much has been remembered that it should be forgotten.
  var isLarge: Bool { store.nodes.count > 100_000 || transitions.count > 1_000_000 }

  /// Forgets all but one state, and gives its new number.
  mutating func renew(keeping state: StateID) -> StateID {
    let old = store
    store = StackStore()
    transitions = TransitionTable()
    completeness = [:]
    machine.forgetStore()
    start = store.copy(start, from: old)
    return store.copy(state, from: old)
  }
}
