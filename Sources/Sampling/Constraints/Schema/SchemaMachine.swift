/// Reads JSON values by a schema.
struct SchemaMachine: ConstraintMachine {
  enum Operation {
    /// The value has ended.
    static let end: UInt8 = 0
    /// A value must come: part `a`.
    static let value: UInt8 = 1
    /// `phase` characters of the word `a` have been read.
    static let word: UInt8 = 2
    /// A number that need not be looked at; `phase` says which part of it has been read.
    static let freeNumber: UInt8 = 3
    /// The number `text` so far, for constraint `a`.
    static let number: UInt8 = 4
    /// A string of language `a`, in state `b` after `count` characters.
    static let string: UInt8 = 5
    /// An array of shape `a` with `count` elements.
    static let array: UInt8 = 6
    /// An object of shape `a` with `keys`; after a key, `b` is the part of its value.
    static let object: UInt8 = 7
    /// A key of an object of shape `a` with `keys`: the classifier is in state `b`, and `count` is
    /// the place in the tree of names.
    static let key: UInt8 = 8
  }

  /// Phases of arrays and objects.
  enum Phase {
    /// Nothing has been read of it.
    static let opened: UInt8 = 0
    /// A value has been read.
    static let afterValue: UInt8 = 1
    /// A comma has been read.
    static let afterComma: UInt8 = 2
    /// A key has been read.
    static let afterKey: UInt8 = 3
  }

  let graph: SchemaGraph
  private var statuses: [StatusKey: ObjectTable.Status] = [:]
  private var numberChecks: [NumberKey: (isPossible: Bool, isComplete: Bool)] = [:]

  private struct StatusKey: Hashable {
    var shape: Int32
    var keys: Int32
  }

  private struct NumberKey: Hashable {
    var constraint: Int32
    var text: Int32
  }

  init(_ graph: SchemaGraph) { self.graph = graph }

  static let words = ["null", "true", "false"].map { Array($0.utf8) }

  var isCompact: Bool { graph.spelling.isCompact }

  mutating func forgetStore() {
    statuses = [:]
    numberChecks = [:]
  }

  func start(in store: inout StackStore) -> StateID {
    let end = store.state(of: [.init(frame: Frame(operation: Operation.end), beneath: .dead)])
    return store.state(of: [
      .init(frame: Frame(operation: Operation.value, a: graph.root), beneath: end)
    ])
  }

  mutating func advance(
    _ node: StackStore.Node, by byte: UInt8, in store: inout StackStore, into result: inout Advance
  ) {
    switch node.frame.operation {
    case Operation.end:
      if !isCompact, byte.isJSONSpace { result.nodes.append(node) }
    case Operation.value:
      if byte.isJSONSpace {
        if !isCompact { result.nodes.append(node) }
      } else {
        startValue(node.frame.a, by: byte, on: node.beneath, in: &store, into: &result)
      }
    case Operation.word:
      var frame = node.frame
      let word = Self.words[Int(frame.a)]
      guard word[Int(frame.phase)] == byte else { return }
      frame.phase += 1
      finish(frame, Int(frame.phase) == word.count, node.beneath, into: &result)
    case Operation.freeNumber: advanceFreeNumber(node, by: byte, into: &result)
    case Operation.number: advanceNumber(node, by: byte, in: &store, into: &result)
    case Operation.string: advanceString(node, by: byte, into: &result)
    case Operation.array: advanceArray(node, by: byte, in: &store, into: &result)
    case Operation.object: advanceObject(node, by: byte, in: &store, into: &result)
    default: advanceKey(node, by: byte, in: &store, into: &result)
    }
  }

  mutating func isComplete(_ node: StackStore.Node, in store: StackStore) -> Bool {
    let isLast =
      node.beneath == .dead
      || store.tops(of: node.beneath).contains {
        $0.frame.operation == Operation.end
      }
    guard isLast else { return false }
    switch node.frame.operation {
    case Operation.end: return true
    case Operation.freeNumber: return Self.isNumberComplete(node.frame.phase)
    case Operation.number: return check(node.frame, in: store).isComplete
    default: return false
    }
  }

  private func finish(
    _ frame: Frame, _ isFinished: Bool, _ beneath: StateID, into result: inout Advance
  ) {
    if isFinished {
      result.states.append(beneath)
    } else {
      result.nodes.append(StackStore.Node(frame: frame, beneath: beneath))
    }
  }

  // MARK: Values

  private mutating func startValue(
    _ number: Int32, by byte: UInt8, on beneath: StateID, in store: inout StackStore,
    into result: inout Advance
  ) {
    let part = graph.parts[Int(number)]
    func add(_ frame: Frame) {
      result.nodes.append(StackStore.Node(frame: frame, beneath: beneath))
    }
    switch byte {
    case UInt8(ascii: "n"):
      if part.allowsNull { add(Frame(operation: Operation.word, phase: 1, a: 0)) }
    case UInt8(ascii: "t"):
      if part.allowsTrue { add(Frame(operation: Operation.word, phase: 1, a: 1)) }
    case UInt8(ascii: "f"):
      if part.allowsFalse { add(Frame(operation: Operation.word, phase: 1, a: 2)) }
    case UInt8(ascii: "\""):
      for string in part.strings { add(Frame(operation: Operation.string, a: string)) }
    case UInt8(ascii: "["):
      for array in part.arrays { add(Frame(operation: Operation.array, a: array)) }
    case UInt8(ascii: "{"):
      for object in part.objects { add(Frame(operation: Operation.object, a: object)) }
    case UInt8(ascii: "-"), 0x30...0x39:
      for constraint in part.numbers {
        let start: Frame
        if graph.numbers[Int(constraint)] == .any, !isCompact {
          start = Frame(operation: Operation.freeNumber)
          advanceFreeNumber(.init(frame: start, beneath: beneath), by: byte, into: &result)
        } else {
          start = Frame(operation: Operation.number, a: constraint)
          advanceNumber(
            .init(frame: start, beneath: beneath), by: byte, in: &store, into: &result)
        }
      }
    default: break
    }
  }

  /// Phases: 0 at the start, 1 after the sign, 2 after a zero, 3 in the integer, 4 after the point,
  /// 5 in the fraction, 6 after `e`, 7 after its sign, 8 in the exponent.
  private static func isNumberComplete(_ phase: UInt8) -> Bool {
    phase == 2 || phase == 3 || phase == 5 || phase == 8
  }

  private func advanceFreeNumber(
    _ node: StackStore.Node, by byte: UInt8, into result: inout Advance
  ) {
    let phase = node.frame.phase
    let next: UInt8?
    switch byte {
    case 0x30...0x39:
      switch phase {
      case 0, 1: next = byte == 0x30 ? 2 : 3
      case 3: next = 3
      case 4, 5: next = 5
      case 6, 7, 8: next = 8
      default: next = nil
      }
    case UInt8(ascii: "-") where phase == 0: next = 1
    case UInt8(ascii: "."): next = phase == 2 || phase == 3 ? 4 : nil
    case UInt8(ascii: "e"), UInt8(ascii: "E"):
      next = phase == 2 || phase == 3 || phase == 5 ? 6 : nil
    case UInt8(ascii: "-"), UInt8(ascii: "+"): next = phase == 6 ? 7 : nil
    default:
      if Self.isNumberComplete(phase) { result.popped.append(node.beneath) }
      return
    }
    guard let next else { return }
    var frame = node.frame
    frame.phase = next
    result.nodes.append(StackStore.Node(frame: frame, beneath: node.beneath))
  }

  private mutating func advanceNumber(
    _ node: StackStore.Node, by byte: UInt8, in store: inout StackStore, into result: inout Advance
  ) {
    var text = NumberText(store.texts[Int(node.frame.text)])
    if text.append(byte) {
      var frame = node.frame
      frame.text = store.text(frame.text, adding: byte)
      guard check(frame, in: store).isPossible else { return }
      result.nodes.append(StackStore.Node(frame: frame, beneath: node.beneath))
    } else if check(node.frame, in: store).isComplete {
      result.popped.append(node.beneath)
    }
  }

  private mutating func check(
    _ frame: Frame, in store: StackStore
  ) -> (isPossible: Bool, isComplete: Bool) {
    let key = NumberKey(constraint: frame.a, text: frame.text)
    if let known = numberChecks[key] { return known }
    let text = NumberText(store.texts[Int(frame.text)])
    let constraint = graph.numbers[Int(frame.a)]
    let isComplete = constraint.isComplete(text, graph.numberSpelling)
    let found = (
      isPossible: isComplete || constraint.isPossible(text, graph.numberSpelling),
      isComplete: isComplete
    )
    numberChecks[key] = found
    return found
  }

  // MARK: Strings

  /// Reads a byte of a string or key.
  private func read(_ byte: UInt8, _ frame: inout Frame) -> (StringLexer, StringLexer.Event) {
    var lexer = StringLexer(phase: frame.phase, partial: frame.partial, high: frame.high)
    let event = isCompact ? lexer.readCompact(byte) : lexer.read(byte)
    (frame.phase, frame.partial, frame.high) = (lexer.phase, lexer.partial, lexer.high)
    return (lexer, event)
  }

  func possible(_ lexer: StringLexer) -> [ClosedRange<UInt32>] {
    isCompact ? lexer.possibleCompact : lexer.possible
  }

  private func advanceString(
    _ node: StackStore.Node, by byte: UInt8, into result: inout Advance
  ) {
    var frame = node.frame
    let language = graph.strings[Int(frame.a)].language
    let (lexer, event) = read(byte, &frame)
    switch event {
    case .invalid: return
    case .close:
      guard language.automaton.states[Int(frame.b)].label >= 0, frame.count >= language.minimum
      else { return }
      result.states.append(node.beneath)
      return
    case .partial:
      guard frame.count < language.maximum ?? .max else { return }
      guard
        possible(lexer).contains(where: {
          language.automaton.transition(from: frame.b, in: $0) != nil
        })
      else { return }
    case .scalar(let scalar):
      guard frame.count < language.maximum ?? .max else { return }
      frame.b = language.automaton.step(frame.b, scalar)
      guard frame.b >= 0 else { return }
      if language.maximum != nil || frame.count < language.minimum { frame.count += 1 }
    }
    result.nodes.append(StackStore.Node(frame: frame, beneath: node.beneath))
  }

  func inside(of frame: Frame) -> Inside? {
    let free = Frame(
      operation: Operation.string, phase: frame.phase, high: frame.high, partial: frame.partial,
      a: 0)
    switch frame.operation {
    case Operation.string:
      let language = graph.strings[Int(frame.a)].language
      guard language.automaton.isAll else { return Inside(frame: frame) }
      guard let maximum = language.maximum else { return Inside(frame: free) }
      // A character that has been begun has its room.
      guard frame.phase == 0 else { return Inside(frame: frame) }
      return Inside(frame: free, room: maximum - Int(frame.count))
    case Operation.key:
      guard graph.objects[Int(frame.a)].shape.classifier.isAll, frame.b == 0 else { return nil }
      return Inside(frame: free)
    default: return nil
    }
  }

  // MARK: Arrays

  private mutating func advanceArray(
    _ node: StackStore.Node, by byte: UInt8, in store: inout StackStore, into result: inout Advance
  ) {
    let frame = node.frame
    let shape = graph.arrays[Int(frame.a)]
    let canGrow = frame.count < shape.maximum ?? .max
    if byte.isJSONSpace {
      if !isCompact { result.nodes.append(node) }
      return
    }
    if byte == UInt8(ascii: "]") {
      if frame.count >= shape.minimum { result.states.append(node.beneath) }
      return
    }
    guard canGrow else { return }
    var next = frame
    next.phase = Phase.afterValue
    // Without a maximum, a count matters up to the minimum and the end of the prefix.
    if shape.maximum != nil || frame.count < max(shape.minimum, shape.prefix.count) {
      next.count += 1
    }
    let part = Int32(shape.schema(at: Int(frame.count)))
    if frame.phase == Phase.opened {
      let beneath = store.state(of: [.init(frame: next, beneath: node.beneath)])
      startValue(part, by: byte, on: beneath, in: &store, into: &result)
    } else if byte == UInt8(ascii: ",") {
      let beneath = store.state(of: [.init(frame: next, beneath: node.beneath)])
      result.nodes.append(
        .init(frame: Frame(operation: Operation.value, a: part), beneath: beneath))
    }
  }

  // MARK: Objects

  func table(_ frame: Frame) -> ObjectTable { graph.objects[Int(frame.a)] }

  private mutating func status(_ frame: Frame, in store: StackStore) -> ObjectTable.Status {
    let key = StatusKey(shape: frame.a, keys: frame.keys)
    if let known = statuses[key] { return known }
    let status = table(frame).status(
      after: store.keySets[Int(frame.keys)], isOrdered: graph.spelling.isOrdered)
    statuses[key] = status
    return status
  }

  private mutating func advanceObject(
    _ node: StackStore.Node, by byte: UInt8, in store: inout StackStore, into result: inout Advance
  ) {
    var frame = node.frame
    switch byte {
    case _ where byte.isJSONSpace:
      if !isCompact { result.nodes.append(node) }
    case UInt8(ascii: "}"):
      if frame.phase <= Phase.afterValue, status(frame, in: store).canEnd {
        result.states.append(node.beneath)
      }
    case UInt8(ascii: ","):
      guard frame.phase == Phase.afterValue, status(frame, in: store).allowsAny else { return }
      frame.phase = Phase.afterComma
      result.nodes.append(.init(frame: frame, beneath: node.beneath))
    case UInt8(ascii: "\""):
      guard frame.phase == Phase.opened || frame.phase == Phase.afterComma else { return }
      let status = status(frame, in: store)
      guard status.allowsAny else { return }
      let key = Frame(
        operation: Operation.key, a: frame.a, b: status.allowsOthers ? 0 : -1, keys: frame.keys,
        hash: JSONText.emptyFingerprint)
      result.nodes.append(.init(frame: key, beneath: node.beneath))
    case UInt8(ascii: ":"):
      guard frame.phase == Phase.afterKey else { return }
      let value = Frame(operation: Operation.value, a: frame.b)
      frame.phase = Phase.afterValue
      frame.b = 0
      let beneath = store.state(of: [.init(frame: frame, beneath: node.beneath)])
      result.nodes.append(.init(frame: value, beneath: beneath))
    default: break
    }
  }

  private mutating func advanceKey(
    _ node: StackStore.Node, by byte: UInt8, in store: inout StackStore, into result: inout Advance
  ) {
    var frame = node.frame
    let table = table(frame)
    let (lexer, event) = read(byte, &frame)
    switch event {
    case .invalid: return
    case .close:
      guard let part = value(of: frame, in: store) else { return }
      let next = Frame(
        operation: Operation.object, phase: Phase.afterKey, a: frame.a, b: part,
        keys: store.keySet(frame.keys, adding: frame.hash))
      result.nodes.append(.init(frame: next, beneath: node.beneath))
      return
    case .partial:
      let isOpen = possible(lexer).contains { range in
        if frame.b >= 0,
          table.character(
            toFreshKeyFrom: frame.b, in: range, place: frame.count, fingerprint: frame.hash,
            avoiding: store.keySets[Int(frame.keys)]) != nil
        {
          return true
        }
        return frame.count >= 0
          && table.children[Int(frame.count)].contains { scalar, place in
            range.contains(scalar) && leadsToName(place, frame, in: store)
          }
      }
      guard isOpen else { return }
    case .scalar(let scalar):
      if frame.b >= 0 { frame.b = table.shape.classifier.step(frame.b, scalar) }
      frame.count = table.step(frame.count, scalar)
      frame.hash = JSONText.mix(frame.hash, scalar)
      let leadsToName = frame.count >= 0 && leadsToName(frame.count, frame, in: store)
      guard
        leadsToName
          || frame.b >= 0
            && table.hasFreshKey(
              from: frame.b, place: frame.count, fingerprint: frame.hash,
              avoiding: store.keySets[Int(frame.keys)])
      else { return }
    }
    result.nodes.append(.init(frame: frame, beneath: node.beneath))
  }

  /// Whether a name that may be the next key begins at a place of the tree.
  private mutating func leadsToName(_ place: Int32, _ frame: Frame, in store: StackStore) -> Bool {
    let status = status(frame, in: store)
    return table(frame).namesBelow[Int(place)].contains { status.isAllowed[Int($0)] }
  }

  /// The part for the value of a key that ends here; `nil` where it may not end.
  private mutating func value(of frame: Frame, in store: StackStore) -> Int32? {
    let table = table(frame)
    if frame.count >= 0, table.nameAt[Int(frame.count)] >= 0 {
      let name = Int(table.nameAt[Int(frame.count)])
      return status(frame, in: store).isAllowed[name] ? Int32(table.shape.values[name]) : nil
    }
    guard frame.b >= 0, status(frame, in: store).allowsOthers else { return nil }
    let label = table.shape.classifier.states[Int(frame.b)].label
    guard label >= 0, !store.keySets[Int(frame.keys)].contains(frame.hash) else { return nil }
    return Int32(table.shape.others[Int(label)])
  }
}
