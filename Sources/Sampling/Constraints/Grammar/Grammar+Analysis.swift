extension Grammar {
  /// Finds what can be empty and how short texts can be, removes alternatives that never end, and
  /// refuses rules that begin with themselves.
  mutating func analyze() throws(GrammarError) {
    findNullable()
    try refuseLeftRecursion()
    findShortest()
    for index in rules.indices {
      let shortest = shortest
      rules[index].alternatives.removeAll { shortest[$0] == Self.endless }
    }
    guard !rules[root].alternatives.isEmpty else {
      let location = rules[root].location
      throw GrammarError(
        .endless, "no text that the rule “\(rules[root].name)” allows ever ends",
        line: location.line, column: location.column)
    }
  }

  /// Stands for a text that never ends; tokens count as too long to be written as bytes.
  static let endless = Int.max / 4
  private static let tokenLength = 1 << 30

  /// By rule, the rules that use it.
  private func users() -> [[Int]] {
    var users: [[Int]] = rules.map { _ in [] }
    for (index, rule) in rules.enumerated() {
      for alternative in rule.alternatives {
        for element in elements[alternative...].prefix(while: { $0 != .end }) {
          switch element {
          case .rule(let used), .repetition(let used, _, _):
            if users[used].last != index { users[used].append(index) }
          case .characters, .token, .end: break
          }
        }
      }
    }
    return users
  }

  private mutating func findNullable() {
    isNullable = rules.map { _ in false }
    let users = users()
    var pending = Array(rules.indices)
    while let index = pending.popLast() {
      guard !isNullable[index], rules[index].alternatives.contains(where: { isEmpty(from: $0) })
      else { continue }
      isNullable[index] = true
      pending += users[index]
    }
  }

  /// Whether the empty text matches from an element to the end of its alternative.
  private func isEmpty(from start: Int) -> Bool {
    elements[start...].prefix { $0 != .end }.allSatisfy(isNullable(_:))
  }

  private func isNullable(_ element: Element) -> Bool {
    switch element {
    case .characters, .token: false
    case .rule(let rule): isNullable[rule]
    case .repetition(let rule, let minimum, _): minimum == 0 || isNullable[rule]
    case .end: true
    }
  }

  private func refuseLeftRecursion() throws(GrammarError) {
    // By rule, the rules with which it can begin.
    let beginnings = rules.map { rule in
      Set(rule.alternatives.flatMap(beginnings(of:)))
    }
    enum Mark { case new, open, done }
    var marks = rules.map { _ in Mark.new }
    for start in rules.indices where marks[start] == .new {
      var path: [(rule: Int, rest: [Int])] = [(start, beginnings[start].sorted())]
      marks[start] = .open
      while let last = path.last {
        guard let next = last.rest.last else {
          marks[last.rule] = .done
          path.removeLast()
          continue
        }
        path[path.count - 1].rest.removeLast()
        switch marks[next] {
        case .done: break
        case .new:
          marks[next] = .open
          path.append((next, beginnings[next].sorted()))
        case .open:
          let rule = rules[next]
          throw GrammarError(
            .leftRecursion,
            "the rule “\(rule.name)” begins with itself; put what it begins with first",
            line: rule.location.line, column: rule.location.column)
        }
      }
    }
  }

  private func beginnings(of alternative: Int) -> [Int] {
    var found: [Int] = []
    for element in elements[alternative...] {
      switch element {
      case .rule(let rule), .repetition(let rule, _, _): found.append(rule)
      case .characters, .token, .end: break
      }
      guard element != .end, isNullable(element) else { break }
    }
    return found
  }

  private mutating func findShortest() {
    shortest = elements.map { _ in Self.endless }
    var byRule = rules.map { _ in Self.endless }
    let users = users()
    // First in first out, so that short texts are found before what is made of them.
    var pending = Array(rules.indices.reversed())
    var isPending = rules.map { _ in true }
    var next = 0
    while next < pending.count {
      let index = pending[next]
      isPending[index] = false
      next += 1
      let least = rules[index].alternatives.map { updateShortest(from: $0, byRule) }.min()
      if let least, least < byRule[index] {
        byRule[index] = least
        for user in users[index] where !isPending[user] {
          isPending[user] = true
          pending.append(user)
        }
      }
      if next > 1 << 16 {
        pending.removeFirst(next)
        next = 0
      }
    }
  }

  /// Computes ``shortest`` for the elements of an alternative, and gives that of the whole.
  private mutating func updateShortest(from start: Int, _ byRule: [Int]) -> Int {
    let end = elements[start...].firstIndex(of: .end) ?? start
    shortest[end] = 0
    for index in (start..<end).reversed() {
      let own = Self.shortest(elements[index], byRule)
      shortest[index] = min(Self.endless, own + shortest[index + 1])
    }
    return shortest[start]
  }

  private static func shortest(_ element: Element, _ byRule: [Int]) -> Int {
    switch element {
    case .characters(let set): return set.shortestScalar.utf8Bytes.count
    case .token: return tokenLength
    case .rule(let rule): return byRule[rule]
    case .repetition(let rule, let minimum, _):
      if minimum == 0 || byRule[rule] == 0 { return 0 }
      let (product, overflow) = byRule[rule].multipliedReportingOverflow(by: minimum)
      return overflow ? endless : min(endless, product)
    case .end: return 0
    }
  }
}

extension ScalarSet {
  /// A member with the fewest bytes: a letter or digit where there is one, for they read best.
  var shortestScalar: UInt32 {
    for range: ClosedRange<UInt32> in [0x61...0x7A, 0x30...0x39, 0x41...0x5A, 0x20...0x7E] {
      if let scalar = first(in: range) { return scalar }
    }
    return ranges.first?.lowerBound ?? 0
  }
}
