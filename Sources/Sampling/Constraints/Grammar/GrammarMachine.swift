/// Reads text by a grammar.
struct GrammarMachine: ConstraintMachine {
  private enum Operation {
    /// The whole text may end.
    static let end: UInt8 = 0
    /// A character or token must come: element `a`.
    static let terminal: UInt8 = 1
    /// A rule has been entered; after it comes element `a`.
    static let rest: UInt8 = 2
    /// The rule of the repetition at element `a` has been entered `count` times.
    static let repetition: UInt8 = 3
  }

  let grammar: Grammar
  /// The tokens that each reference stands for.
  let tokens: [Grammar.TokenReference: Int]

  /// - Throws: ``GrammarError`` where the grammar names a token that is not there.
  init(_ grammar: Grammar, tokens: ConstraintTokens) throws(GrammarError) {
    self.grammar = grammar
    var ids: [Grammar.TokenReference: Int] = [:]
    for (reference, location) in grammar.tokenLocations {
      let id: Int?
      switch reference {
      case .id(let number): id = number < tokens.count ? number : nil
      case .name(let name): id = tokens.vocabulary.token(named: name)
      }
      guard let id else {
        throw GrammarError(
          .unknownToken, "the vocabulary has no such token", line: location.line,
          column: location.column)
      }
      ids[reference] = id
    }
    self.tokens = ids
  }

  func start(in store: inout StackStore) -> StateID {
    let end = StackStore.Node(frame: Frame(operation: Operation.end), beneath: .dead)
    let bottom = store.state(of: [end])
    var expansion = Expansion()
    for alternative in grammar.rules[grammar.root].alternatives {
      expand(alternative, on: bottom, in: &store, into: &expansion)
    }
    return store.state(of: expansion.nodes)
  }

  func advance(
    _ node: StackStore.Node, by byte: UInt8, in store: inout StackStore, into result: inout Advance
  ) {
    var frame = node.frame
    guard frame.operation == Operation.terminal,
      case .characters(let set) = grammar.elements[Int(frame.a)]
    else { return }
    let scalar: UInt32
    if frame.phase == 0, byte < 0x80 {
      scalar = UInt32(byte)
    } else {
      var partial: PartialScalar
      if frame.phase == 0 {
        guard let lead = PartialScalar(lead: byte) else { return }
        partial = lead
      } else {
        partial = PartialScalar(phase: frame.phase, bits: frame.partial)
        guard partial.append(byte) else { return }
      }
      guard partial.possible.contains(where: set.intersects) else { return }
      guard partial.missing == 0 else {
        frame.phase = partial.phase
        frame.partial = partial.bits
        result.nodes.append(StackStore.Node(frame: frame, beneath: node.beneath))
        return
      }
      scalar = partial.bits
    }
    guard set.contains(scalar) else { return }
    var expansion = Expansion()
    expand(Int(frame.a) + 1, on: node.beneath, in: &store, into: &expansion)
    result.nodes += expansion.nodes
  }

  func isComplete(_ node: StackStore.Node, in store: StackStore) -> Bool {
    node.frame.operation == Operation.end
  }

  func tokenMoves(from node: StackStore.Node, in store: inout StackStore) -> [TokenMove] {
    guard node.frame.operation == Operation.terminal, !tokens.isEmpty,
      case .token(let reference, let isNegated) = grammar.elements[Int(node.frame.a)],
      let id = tokens[reference]
    else { return [] }
    var expansion = Expansion()
    expand(Int(node.frame.a) + 1, on: node.beneath, in: &store, into: &expansion)
    return [
      TokenMove(tokens: [id], isNegated: isNegated, state: store.state(of: expansion.nodes))
    ]
  }

  // MARK: Expansion

  /// What has been found on the way from a place in the grammar to the next characters.
  private struct Expansion {
    var nodes: [StackStore.Node] = []
    var visited: Set<Visit> = []
    /// The fewest repetitions with which one that may be empty was reached.
    var repetitions: [Visit: Int] = [:]
  }

  private struct Visit: Hashable {
    var element: Int
    var count: Int
    var beneath: StateID
  }

  /// Finds the characters that may come at an element, following rules, repetitions and ends.
  private func expand(
    _ element: Int, on beneath: StateID, in store: inout StackStore,
    into expansion: inout Expansion
  ) {
    var pending = [Visit(element: element, count: -1, beneath: beneath)]
    while let visit = pending.popLast() {
      guard expansion.visited.insert(visit).inserted else { continue }
      switch grammar.elements[visit.element] {
      case .characters, .token:
        let frame = Frame(operation: Operation.terminal, a: Int32(visit.element))
        expansion.nodes.append(StackStore.Node(frame: frame, beneath: visit.beneath))
      case .rule(let rule):
        enter(rule, from: visit, in: &store, &pending)
      case .repetition(let rule, let minimum, let maximum):
        enter(rule, minimum, maximum, from: visit, in: &store, &pending, &expansion)
      case .end:
        for node in store.tops(of: visit.beneath) {
          switch node.frame.operation {
          case Operation.rest:
            pending.append(
              Visit(element: Int(node.frame.a), count: -1, beneath: node.beneath))
          case Operation.repetition:
            pending.append(
              Visit(
                element: Int(node.frame.a), count: Int(node.frame.count), beneath: node.beneath))
          default: expansion.nodes.append(node)
          }
        }
      }
    }
  }

  private func enter(
    _ rule: Int, from visit: Visit, in store: inout StackStore, _ pending: inout [Visit]
  ) {
    var beneath = visit.beneath
    // A rule at the end of another one takes its place, so that lists do not grow the stack.
    if grammar.elements[visit.element + 1] != .end {
      let frame = Frame(operation: Operation.rest, a: Int32(visit.element + 1))
      beneath = store.state(of: [StackStore.Node(frame: frame, beneath: beneath)])
    }
    for alternative in grammar.rules[rule].alternatives {
      pending.append(Visit(element: alternative, count: -1, beneath: beneath))
    }
  }

  private func enter(
    _ rule: Int, _ minimum: Int, _ maximum: Int?, from visit: Visit,
    in store: inout StackStore, _ pending: inout [Visit], _ expansion: inout Expansion
  ) {
    let count = max(0, visit.count)
    let least = grammar.isNullable[rule] ? 0 : minimum
    if count >= least {
      pending.append(Visit(element: visit.element + 1, count: -1, beneath: visit.beneath))
    }
    guard count < maximum ?? .max else { return }
    if grammar.isNullable[rule] {
      // An empty repetition leads back here with a greater count, which allows nothing new.
      let place = Visit(element: visit.element, count: -1, beneath: visit.beneath)
      if let fewest = expansion.repetitions[place], fewest <= count { return }
      expansion.repetitions[place] = count
    }
    // Without a maximum, counts from the minimum on are all the same.
    let next = maximum == nil ? min(count + 1, max(1, least)) : count + 1
    let frame = Frame(
      operation: Operation.repetition, a: Int32(visit.element), count: Int32(next))
    let beneath = store.state(of: [StackStore.Node(frame: frame, beneath: visit.beneath)])
    for alternative in grammar.rules[rule].alternatives {
      pending.append(Visit(element: alternative, count: -1, beneath: beneath))
    }
  }

  // MARK: Closing

  func closing(of frame: Frame, in store: StackStore) -> [UInt8]? {
    var result: [UInt8] = []
    var element = Int(frame.a)
    switch frame.operation {
    case Operation.terminal:
      if frame.phase > 0, case .characters(let set) = grammar.elements[element] {
        let partial = PartialScalar(phase: frame.phase, bits: frame.partial)
        guard let scalar = partial.possible.lazy.compactMap(set.first(in:)).first else {
          return nil
        }
        result += partial.rest(of: scalar)
        element += 1
      }
    case Operation.repetition:
      if case .repetition(let rule, let minimum, _) = grammar.elements[element] {
        for _ in 0..<max(0, minimum - Int(frame.count)) {
          guard appendShortest(ofRule: rule, to: &result) else { return nil }
        }
      }
      element += 1
    case Operation.rest: break
    default: return []
    }
    return appendShortest(from: element, to: &result) ? result : nil
  }

  private func appendShortest(ofRule rule: Int, to text: inout [UInt8]) -> Bool {
    guard let best = shortestAlternative(of: rule) else { return false }
    return appendShortest(from: best, to: &text)
  }

  private func shortestAlternative(of rule: Int) -> Int? {
    grammar.rules[rule].alternatives.min { grammar.shortest[$0] < grammar.shortest[$1] }
  }

  private func appendShortest(from start: Int, to text: inout [UInt8]) -> Bool {
    guard grammar.shortest[start] + text.count <= Automaton.closingLimit else { return false }
    // Where each rule that has been entered goes on, and how often its repetition comes again.
    var pending: [(element: Int, repetitions: Int?)] = [(start, nil)]
    while let (element, repetitions) = pending.popLast() {
      switch grammar.elements[element] {
      case .characters(let set):
        text += set.shortestScalar.utf8Bytes
        pending.append((element + 1, nil))
      case .token: return false
      case .rule(let rule):
        guard let best = shortestAlternative(of: rule) else { return false }
        pending.append((element + 1, nil))
        pending.append((best, nil))
      case .repetition(let rule, let minimum, _):
        guard let best = shortestAlternative(of: rule) else {
          pending.append((element + 1, nil))
          continue
        }
        // An empty text need not be repeated.
        let left = repetitions ?? (grammar.shortest[best] == 0 ? 0 : minimum)
        pending.append(left > 0 ? (element, left - 1) : (element + 1, nil))
        if left > 0 { pending.append((best, nil)) }
      case .end: break
      }
    }
    return true
  }
}
