/// Finds the matches of a pattern by following all its states at once (K. Thompson, "Regular
/// Expression Search Algorithm", 1968; R. Pike's form of it, which keeps the order of preference).
///
/// A search takes time in proportion to the text that it reads times the size of the pattern.
struct PatternMatcher: Sendable {
  private enum Step: Sendable {
    case set(PatternSet)
    /// Continues at both, and prefers the first.
    case split(Int, Int)
    case jump(Int)
    case lookahead(PatternSet?, isNegative: Bool)
    case match
  }

  private var steps: [Step] = []

  /// The most steps that a pattern may have, and the most nodes that may be read for them: a repeated
  /// group may be empty.
  private static let maximumSteps = 20_000

  /// Compiles a pattern.
  ///
  /// - Throws: ``ModelError`` of code ``ModelError/Code/unsupportedTokenizer`` where it is outside
  ///   the subset that ``PatternParser`` reads.
  init(_ pattern: String) throws(ModelError) {
    var parser = PatternParser(pattern)
    var nodeCount = 0
    try emit(try parser.parse(), pattern, &nodeCount)
    steps.append(.match)
  }

  /// A pattern that is this text.
  init(literal: String) {
    steps = literal.unicodeScalars.map {
      .set(PatternSet(parts: [.range($0.value...$0.value)]))
    }
    steps.append(.match)
  }

  private mutating func emit(
    _ node: PatternNode, _ pattern: String, _ nodeCount: inout Int
  ) throws(ModelError) {
    nodeCount += 1
    guard max(steps.count, nodeCount) < Self.maximumSteps else {
      throw ModelError(.unsupportedTokenizer, "the pattern \"\(pattern)\" is too large")
    }
    switch node {
    case .set(let set): steps.append(.set(set))
    case .lookahead(let set, let isNegative):
      steps.append(.lookahead(set, isNegative: isNegative))
    case .sequence(let nodes): for node in nodes { try emit(node, pattern, &nodeCount) }
    case .choice(let nodes):
      var ends: [Int] = []
      for (number, node) in nodes.enumerated() {
        let split = steps.count
        let isLast = number == nodes.count - 1
        if !isLast { steps.append(.jump(0)) }
        try emit(node, pattern, &nodeCount)
        guard !isLast else { break }
        ends.append(steps.count)
        steps.append(.jump(0))
        steps[split] = .split(split + 1, steps.count)
      }
      for end in ends { steps[end] = .jump(steps.count) }
    case .loop(let node, let minimum, let maximum, let isLazy):
      for _ in 0..<minimum { try emit(node, pattern, &nodeCount) }
      guard let maximum else {
        let split = steps.count
        steps.append(.jump(0))
        try emit(node, pattern, &nodeCount)
        steps.append(.jump(split))
        steps[split] = Self.split(split + 1, steps.count, isLazy)
        return
      }
      var splits: [Int] = []
      for _ in minimum..<maximum {
        splits.append(steps.count)
        steps.append(.jump(0))
        try emit(node, pattern, &nodeCount)
      }
      for split in splits { steps[split] = Self.split(split + 1, steps.count, isLazy) }
    }
  }

  private static func split(_ first: Int, _ second: Int, _ isLazy: Bool) -> Step {
    isLazy ? .split(second, first) : .split(first, second)
  }

  /// The states that are followed, in order of preference, with where each began.
  private struct Threads {
    var list: [(step: Int, start: Int)] = []
    var marks: [Int]
    var generation = 0

    init(count: Int) { marks = Array(repeating: -1, count: count) }

    mutating func removeAll() {
      list.removeAll(keepingCapacity: true)
      generation += 1
    }

    mutating func mark(_ step: Int) -> Bool {
      guard marks[step] != generation else { return false }
      marks[step] = generation
      return true
    }
  }

  /// All matches that are not empty, from the left, none of which overlap.
  func matches(in text: Span<UInt8>) -> [Range<Int>] {
    var matches: [Range<Int>] = []
    var current = Threads(count: steps.count)
    var following = Threads(count: steps.count)
    var index = 0
    while index < text.count, let match = find(in: text, from: index, &current, &following) {
      matches.append(match)
      index = match.upperBound
    }
    return matches
  }

  private func find(
    in text: Span<UInt8>, from start: Int, _ current: inout Threads, _ following: inout Threads
  ) -> Range<Int>? {
    current.removeAll()
    var match: Range<Int>?
    var index = start
    while true {
      let next = Self.scalar(at: index, in: text)
      if match == nil, index < text.count { add(0, index, next?.scalar, to: &current) }
      if current.list.isEmpty, match != nil || index >= text.count { return match }
      following.removeAll()
      let after = next.map { Self.scalar(at: index + $0.length, in: text)?.scalar } ?? nil
      threads: for thread in current.list {
        switch steps[thread.step] {
        case .match:
          // Those after it are worse.
          if index > thread.start {
            match = thread.start..<index
            break threads
          }
        case .set(let set):
          if let next, set.contains(next.scalar) {
            add(thread.step + 1, thread.start, after, to: &following)
          }
        case .split, .jump, .lookahead: break
        }
      }
      guard let next else { return match }
      index += next.length
      swap(&current, &following)
    }
  }

  private static func scalar(
    at index: Int, in text: Span<UInt8>
  ) -> (scalar: Unicode.Scalar, length: Int)? {
    guard index < text.count else { return nil }
    let (value, length) = CharacterClass.scalar(at: index, in: text)
    return (Unicode.Scalar(value) ?? "\u{FFFD}", length)
  }

  /// Adds a state, or those that it leads to without a character.
  private func add(
    _ step: Int, _ start: Int, _ next: Unicode.Scalar?, to threads: inout Threads
  ) {
    var pending = [step]
    while let step = pending.popLast() {
      guard threads.mark(step) else { continue }
      switch steps[step] {
      case .jump(let target): pending.append(target)
      case .split(let first, let second):
        pending.append(second)
        pending.append(first)
      case .lookahead(let set, let isNegative):
        let holds =
          if let set { next.map { set.contains($0) } ?? false } else { next == nil }
        if holds != isNegative { pending.append(step + 1) }
      case .set, .match: threads.list.append((step, start))
      }
    }
  }
}
