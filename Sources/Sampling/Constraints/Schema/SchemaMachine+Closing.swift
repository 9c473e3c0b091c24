extension SchemaMachine {
  func closing(of frame: Frame, in store: StackStore) -> [UInt8]? {
    var text: [UInt8] = []
    let isWritten: Bool
    switch frame.operation {
    case Operation.end: return []
    case Operation.value: isWritten = write(part: Int(frame.a), to: &text)
    case Operation.word: return Array(Self.words[Int(frame.a)].dropFirst(Int(frame.phase)))
    case Operation.freeNumber: return [2, 3, 5, 8].contains(frame.phase) ? [] : [0x30]
    case Operation.number:
      return graph.numbers[Int(frame.a)].completion(
        of: NumberText(store.texts[Int(frame.text)]), graph.numberSpelling)
    case Operation.string: isWritten = finishString(frame, to: &text)
    case Operation.array: isWritten = finishArray(frame, to: &text)
    case Operation.object:
      isWritten = finishObject(frame, keys: store.keySets[Int(frame.keys)], to: &text)
    default:
      isWritten = finishKey(frame, keys: store.keySets[Int(frame.keys)], to: &text)
    }
    return isWritten ? text : nil
  }

  /// Writes a short value of a part.
  private func write(part number: Int, to text: inout [UInt8]) -> Bool {
    let part = graph.parts[number]
    guard part.shortest + text.count <= Automaton.closingLimit else { return false }
    if part.allowsNull || part.allowsTrue {
      text += Self.words[part.allowsNull ? 0 : 1]
      return true
    }
    var best: [UInt8]?
    func offer(_ write: (inout [UInt8]) -> Bool) {
      var candidate: [UInt8] = []
      if write(&candidate), candidate.count < best?.count ?? .max { best = candidate }
    }
    if part.allowsFalse { best = Self.words[2] }
    for number in part.numbers where best == nil {
      best = graph.numbers[Int(number)].completion(of: NumberText(), graph.numberSpelling)
    }
    for string in part.strings where best == nil || part.shortest < best?.count ?? 0 {
      offer { candidate in
        candidate.append(UInt8(ascii: "\""))
        return finishString(Frame(operation: Operation.string, a: string), to: &candidate)
      }
    }
    for array in part.arrays where best == nil || part.shortest < best?.count ?? 0 {
      offer { candidate in
        candidate.append(UInt8(ascii: "["))
        return finishArray(Frame(operation: Operation.array, a: array), to: &candidate)
      }
    }
    for object in part.objects where best == nil || part.shortest < best?.count ?? 0 {
      offer { candidate in
        candidate.append(UInt8(ascii: "{"))
        return finishObject(
          Frame(operation: Operation.object, a: object), keys: [], to: &candidate)
      }
    }
    guard let best else { return false }
    text += best
    return true
  }

  // MARK: Strings

  private func finishString(_ frame: Frame, to text: inout [UInt8]) -> Bool {
    let strings = graph.strings[Int(frame.a)]
    let automaton = strings.language.automaton
    var state = frame.b
    var count = Int(frame.count)
    let lexer = StringLexer(phase: frame.phase, partial: frame.partial, high: frame.high)
    if !lexer.isBetweenCharacters {
      guard let scalar = character(of: lexer, { automaton.transition(from: state, in: $0) }),
        let rest = lexer.rest(of: scalar)
      else { return false }
      text += rest
      state = automaton.step(state, scalar)
      count += 1
    }
    guard strings.language.minimum - count <= Automaton.closingLimit else { return false }
    for _ in 0..<max(0, strings.language.minimum - count) { text.append(UInt8(ascii: "a")) }
    while let next = strings.ends[Int(state)].next {
      text += next.jsonBytes
      state = automaton.step(state, next)
    }
    text.append(UInt8(ascii: "\""))
    return true
  }

  /// A character that what has been read of it may become, and for which there is a transition.
  private func character(
    of lexer: StringLexer,
    _ transition: (ClosedRange<UInt32>) -> CharacterAutomaton.Transition?
  ) -> UInt32? {
    for range in possible(lexer) {
      guard let transition = transition(range) else { continue }
      let both = range.clamped(to: transition.characters)
      return ScalarSet(both).shortestScalar
    }
    return nil
  }

  // MARK: Arrays

  private func finishArray(_ frame: Frame, to text: inout [UInt8]) -> Bool {
    let shape = graph.arrays[Int(frame.a)]
    var count = Int(frame.count)
    while count < shape.minimum {
      if frame.phase != Phase.opened || count > 0 { text.append(UInt8(ascii: ",")) }
      guard text.count <= Automaton.closingLimit, write(part: shape.schema(at: count), to: &text)
      else { return false }
      count += 1
    }
    text.append(UInt8(ascii: "]"))
    return true
  }

  // MARK: Objects

  private func finishObject(
    _ frame: Frame, keys: [UInt64], to text: inout [UInt8]
  ) -> Bool {
    var keys = keys
    let table = table(frame)
    if frame.phase == Phase.afterKey {
      text.append(UInt8(ascii: ":"))
      guard write(part: Int(frame.b), to: &text) else { return false }
    }
    var needsKey = frame.phase == Phase.afterComma
    var isFirst = frame.phase == Phase.opened || frame.phase == Phase.afterComma
    while true {
      let status = table.status(after: keys, isOrdered: graph.spelling.isOrdered)
      if status.canEnd, !needsKey {
        text.append(UInt8(ascii: "}"))
        return true
      }
      guard text.count <= Automaton.closingLimit else { return false }
      if !isFirst { text.append(UInt8(ascii: ",")) }
      (needsKey, isFirst) = (false, false)
      if let name = shortestName(in: table, status, among: table.shape.names.indices) {
        text += table.shape.names[name].spelled
        keys.append(table.shape.names[name].fingerprint)
        text.append(UInt8(ascii: ":"))
        guard write(part: table.shape.values[name], to: &text) else { return false }
      } else {
        guard status.allowsOthers,
          let key = table.freshKey(
            from: 0, place: 0, fingerprint: JSONText.emptyFingerprint, avoiding: keys)
        else { return false }
        text += key.rest.spelled
        keys.append(key.rest.fingerprint)
        text.append(UInt8(ascii: ":"))
        guard write(part: table.shape.others[Int(key.label)], to: &text) else { return false }
      }
    }
  }

  /// The name to use next: one that is required, or else the one with the shortest value.
  private func shortestName(
    in table: ObjectTable, _ status: ObjectTable.Status, among names: some Sequence<Int>
  ) -> Int? {
    names.filter { status.isAllowed[$0] }.min { first, second in
      let isRequired = (table.shape.isRequired[first], table.shape.isRequired[second])
      if isRequired.0 != isRequired.1 { return isRequired.0 }
      return length(of: first, in: table) < length(of: second, in: table)
    }
  }

  private func length(of name: Int, in table: ObjectTable) -> Int {
    table.shape.names[name].scalars.count + graph.parts[table.shape.values[name]].shortest
  }

  private func finishKey(_ frame: Frame, keys: [UInt64], to text: inout [UInt8]) -> Bool {
    var frame = frame
    let table = table(frame)
    let status = table.status(after: keys, isOrdered: graph.spelling.isOrdered)
    let lexer = StringLexer(phase: frame.phase, partial: frame.partial, high: frame.high)
    if !lexer.isBetweenCharacters {
      guard
        let (scalar, rest) = nextCharacter(
          of: frame, lexer, table, status, avoiding: keys)
      else {
        return false
      }
      text += rest
      if frame.b >= 0 { frame.b = table.shape.classifier.step(frame.b, scalar) }
      frame.count = table.step(frame.count, scalar)
      frame.hash = JSONText.mix(frame.hash, scalar)
      (frame.phase, frame.partial, frame.high) = (0, 0, 0)
    }
    let part: Int
    let names = frame.count < 0 ? [] : table.namesBelow[Int(frame.count)].map { Int($0) }
    if let name = shortestName(in: table, status, among: names) {
      let depth = depth(of: frame.count, name: name, in: table)
      for scalar in table.shape.names[name].scalars.dropFirst(depth) { text += scalar.jsonBytes }
      part = table.shape.values[name]
      frame.hash = table.shape.names[name].fingerprint
    } else {
      guard frame.b >= 0,
        let key = table.freshKey(
          from: frame.b, place: frame.count, fingerprint: frame.hash, avoiding: keys)
      else { return false }
      for scalar in key.rest.scalars { text += scalar.jsonBytes }
      part = table.shape.others[Int(key.label)]
      frame.hash = key.rest.scalars.reduce(frame.hash) { JSONText.mix($0, $1) }
    }
    text.append(UInt8(ascii: "\""))
    let object = Frame(
      operation: Operation.object, phase: Phase.afterKey, a: frame.a, b: Int32(part))
    return finishObject(object, keys: keys + [frame.hash], to: &text)
  }

  /// How many characters lead to a place of the tree of names, on the way to a name.
  private func depth(of place: Int32, name: Int, in table: ObjectTable) -> Int {
    var current: Int32 = 0
    for (depth, scalar) in table.shape.names[name].scalars.enumerated() {
      if current == place { return depth }
      current = table.step(current, scalar)
    }
    return table.shape.names[name].scalars.count
  }

  /// A character of a key that what has been read of it may become, and its missing bytes.
  private func nextCharacter(
    of frame: Frame, _ lexer: StringLexer, _ table: ObjectTable, _ status: ObjectTable.Status,
    avoiding keys: [UInt64]
  ) -> (UInt32, [UInt8])? {
    for range in possible(lexer) {
      if frame.count >= 0 {
        for (scalar, place) in table.children[Int(frame.count)].sorted(by: { $0.key < $1.key })
        where range.contains(scalar) {
          let isUseful = table.namesBelow[Int(place)].contains { status.isAllowed[Int($0)] }
          if isUseful, let rest = lexer.rest(of: scalar) { return (scalar, rest) }
        }
      }
    }
    guard frame.b >= 0 else { return nil }
    for range in possible(lexer) {
      if let scalar = table.character(
        toFreshKeyFrom: frame.b, in: range, place: frame.count, fingerprint: frame.hash,
        avoiding: keys), let rest = lexer.rest(of: scalar)
      {
        return (scalar, rest)
      }
    }
    return nil
  }
}
