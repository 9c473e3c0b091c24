/// Tokens by their bytes, as a tree in depth-first order.
struct TokenTrie: Sendable {
  /// The byte that leads to each node.
  private(set) var bytes: [UInt8] = []
  /// How many bytes lead to each node.
  private(set) var depths: [Int32] = []
  /// The first node after each node's subtree.
  private(set) var ends: [Int32] = []
  /// The token of each node, or -1; further ones with the same bytes follow in ``next``.
  private(set) var tokens: [Int32] = []
  /// The next token with the same bytes, or -1.
  private(set) var next: [Int: Int32] = [:]
  /// The bytes of the longest token.
  private(set) var longest = 0

  /// Creates a trie of some of the tokens.
  ///
  /// - Parameters:
  ///   - chosen: Tokens.
  ///   - offsets: Where the bytes of each token of the vocabulary begin in `buffer`, and the end.
  init(_ chosen: [Int32], offsets: [Int32], buffer: [UInt8]) {
    let order = Self.sorted(chosen, offsets: offsets, buffer: buffer)
    var path: [Int32] = []
    var previous = 0..<0
    for token in order {
      let range = Int(offsets[Int(token)])..<Int(offsets[Int(token) + 1])
      guard !range.isEmpty else { continue }
      longest = max(longest, range.count)
      var common = 0
      while common < min(range.count, previous.count),
        buffer[range.lowerBound + common] == buffer[previous.lowerBound + common]
      { common += 1 }
      while path.count > common {
        ends[Int(path.removeLast())] = Int32(bytes.count)
      }
      for index in common..<range.count {
        path.append(Int32(bytes.count))
        bytes.append(buffer[range.lowerBound + index])
        depths.append(Int32(index + 1))
        ends.append(0)
        tokens.append(-1)
      }
      if common == range.count, let node = path.last {
        next[Int(token)] = tokens[Int(node)]
        tokens[Int(node)] = token
      } else {
        tokens[tokens.count - 1] = token
      }
      previous = range
    }
    for node in path { ends[Int(node)] = Int32(bytes.count) }
  }

  /// Sorts by bytes; most comparisons need only the first eight.
  private static func sorted(_ tokens: [Int32], offsets: [Int32], buffer: [UInt8]) -> [Int32] {
    let keyed = tokens.map { token -> (key: UInt64, token: Int32) in
      let range = Int(offsets[Int(token)])..<Int(offsets[Int(token) + 1])
      var key: UInt64 = 0
      for index in 0..<8 {
        key = key << 8 | (index < range.count ? UInt64(buffer[range.lowerBound + index]) : 0)
      }
      return (key, token)
    }
    return keyed.sorted { left, right in
      if left.key != right.key { return left.key < right.key }
      let first = buffer[Int(offsets[Int(left.token)])..<Int(offsets[Int(left.token) + 1])]
      let second = buffer[Int(offsets[Int(right.token)])..<Int(offsets[Int(right.token) + 1])]
      if first.elementsEqual(second) { return left.token < right.token }
      return first.lexicographicallyPrecedes(second)
    }.map(\.token)
  }

  /// Adds the tokens that an automaton can read from a state.
  func collect(from state: StateID, of automaton: inout Automaton, into mask: inout TokenMask) {
    var path = [StateID](repeating: .dead, count: longest + 1)
    path[0] = state
    var node = 0
    while node < bytes.count {
      let depth = Int(depths[node])
      let reached = automaton.step(path[depth - 1], bytes[node])
      guard reached != .dead else {
        node = Int(ends[node])
        continue
      }
      path[depth] = reached
      var token = tokens[node]
      while token >= 0 {
        mask.insert(Int(token))
        token = next[Int(token)] ?? -1
      }
      node += 1
    }
  }
}
