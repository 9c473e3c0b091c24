/// A set of stacks: everything that the text so far may mean. Equal sets have equal numbers.
typealias StateID = Int32

extension StateID {
  /// No stack at all: the text cannot be continued.
  static let dead: StateID = 0
}

/// Stacks of frames that share what they have in common, so that ambiguous text costs little: a node
/// is a frame and all that may lie beneath it, which is a state again.
struct StackStore: Sendable {
  /// A frame on top of a state.
  struct Node: Hashable, Sendable {
    var frame: Frame
    var beneath: StateID
  }

  private(set) var nodes: [Node] = []
  /// The nodes of each state, rising.
  private(set) var states: [[Int32]] = [[]]
  /// The height of the highest stack of each state.
  private var depths: [Int32] = [0]
  private var nodeNumbers: [Node: Int32] = [:]
  private var stateNumbers: [[Int32]: StateID] = [[]: .dead]

  /// Sorted sets of hashes of keys.
  private(set) var keySets: [[UInt64]] = [[]]
  private var keySetNumbers: [[UInt64]: Int32] = [[]: 0]
  /// Bytes that a frame has read.
  private(set) var texts: [[UInt8]] = [[]]
  private var textNumbers: [[UInt8]: Int32] = [[]: 0]

  /// The most frames of a stack: as deep as text may nest.
  static let maximumDepth = 1000

  /// The state of the stacks given by their top frames; equal frames become one, and stacks that are
  /// too high are left out.
  mutating func state(of tops: [Node]) -> StateID {
    var tops = tops
    tops.removeAll { depths[Int($0.beneath)] >= Self.maximumDepth }
    guard let first = tops.first else { return .dead }
    if tops.count == 1 { return intern([intern(first)]) }
    var merged: [Frame: StateID] = [:]
    for node in tops {
      if let beneath = merged[node.frame] {
        merged[node.frame] = union(beneath, node.beneath)
      } else {
        merged[node.frame] = node.beneath
      }
    }
    return intern(merged.map { intern(Node(frame: $0.key, beneath: $0.value)) }.sorted())
  }

  /// The state of the stacks of both.
  mutating func union(_ left: StateID, _ right: StateID) -> StateID {
    if left == right || right == .dead { return left }
    if left == .dead { return right }
    return state(of: (states[Int(left)] + states[Int(right)]).map { nodes[Int($0)] })
  }

  /// The nodes on top of a state.
  func tops(of state: StateID) -> [Node] { states[Int(state)].map { nodes[Int($0)] } }

  private mutating func intern(_ node: Node) -> Int32 {
    if let number = nodeNumbers[node] { return number }
    let number = Int32(nodes.count)
    nodes.append(node)
    nodeNumbers[node] = number
    return number
  }

  private mutating func intern(_ state: [Int32]) -> StateID {
    if let number = stateNumbers[state] { return number }
    let number = StateID(states.count)
    states.append(state)
    depths.append(1 + (state.map { depths[Int(nodes[Int($0)].beneath)] }.max() ?? 0))
    stateNumbers[state] = number
    return number
  }

  /// The number of a set of keys with one more.
  mutating func keySet(_ set: Int32, adding key: UInt64) -> Int32 {
    var keys = keySets[Int(set)]
    keys.insert(key, at: keys.firstIndex { $0 > key } ?? keys.endIndex)
    return intern(keys)
  }

  private mutating func intern(_ keys: [UInt64]) -> Int32 {
    if let number = keySetNumbers[keys] { return number }
    let number = Int32(keySets.count)
    keySets.append(keys)
    keySetNumbers[keys] = number
    return number
  }

  /// The number of a text with one more byte.
  mutating func text(_ text: Int32, adding byte: UInt8) -> Int32 {
    intern(texts[Int(text)] + [byte])
  }

  private mutating func intern(_ text: [UInt8]) -> Int32 {
    if let number = textNumbers[text] { return number }
    let number = Int32(texts.count)
    texts.append(text)
    textNumbers[text] = number
    return number
  }

  /// Copies a state and all beneath it from another store.
  mutating func copy(_ state: StateID, from other: StackStore) -> StateID {
    // States lie beneath others that were made later, so that in rising order each finds its own.
    var needed: Set<StateID> = []
    var pending = [state]
    while let next = pending.popLast() {
      guard needed.insert(next).inserted else { continue }
      pending += other.tops(of: next).map(\.beneath)
    }
    var numbers: [StateID: StateID] = [:]
    for old in needed.sorted() {
      numbers[old] = self.state(
        of: other.tops(of: old).map { node in
          var frame = node.frame
          frame.keys = intern(other.keySets[Int(frame.keys)])
          frame.text = intern(other.texts[Int(frame.text)])
          return Node(frame: frame, beneath: numbers[node.beneath] ?? .dead)
        })
    }
    return numbers[state] ?? .dead
  }
}
