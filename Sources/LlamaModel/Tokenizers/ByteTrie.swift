/// Byte strings in a tree: finds all that a text starts with at a position.
///
/// The edges are in one hash table with open addressing, so that a tree of a million nodes takes two
/// allocations.
struct ByteTrie: Sendable {
  private var edges: [UInt64]
  private var children: [Int32]
  private var edgeCount = 0
  /// The value at each node, or -1. The first node is the root.
  private var values: [Int32] = [-1]

  /// Whether there are no strings.
  var isEmpty: Bool { values.count == 1 }

  /// The root's number.
  static let root = 0

  /// Creates a tree without strings.
  init() {
    edges = Array(repeating: .max, count: 64)
    children = Array(repeating: 0, count: 64)
  }

  /// Adds a string; of equal ones the last counts. Empty ones are not found.
  mutating func insert(_ string: ArraySlice<UInt8>, value: Int32) {
    guard !string.isEmpty else { return }
    var node = Self.root
    for byte in string {
      if 4 * edgeCount >= 3 * edges.count { grow() }
      let edge = Self.edge(node, byte)
      let slot = slot(of: edge)
      if edges[slot] != edge {
        edges[slot] = edge
        children[slot] = Int32(values.count)
        values.append(-1)
        edgeCount += 1
      }
      node = Int(children[slot])
    }
    values[node] = value
  }

  /// The node that a byte leads to.
  @inline(__always)
  func child(of node: Int, _ byte: UInt8) -> Int? {
    let edge = Self.edge(node, byte)
    let slot = slot(of: edge)
    return edges[slot] == edge ? Int(children[slot]) : nil
  }

  /// The value of the string that ends at a node.
  @inline(__always)
  func value(at node: Int) -> Int? { values[node] >= 0 ? Int(values[node]) : nil }

  /// The longest string that a text has at a position and that is shorter than `limit`.
  func longestMatch(
    in text: Span<UInt8>, at position: Int, below limit: Int = .max
  ) -> (value: Int, length: Int)? {
    var node = Self.root
    var match: (Int, Int)?
    var end = position
    while end < text.count, end - position + 1 < limit, let next = child(of: node, text[end]) {
      end += 1
      node = next
      if let value = value(at: node) { match = (value, end - position) }
    }
    return match
  }

  private static func edge(_ node: Int, _ byte: UInt8) -> UInt64 {
    UInt64(UInt32(truncatingIfNeeded: node)) << 8 | UInt64(byte)
  }

  @inline(__always)
  private func slot(of edge: UInt64) -> Int {
    let mask = edges.count - 1
    var slot = Int(truncatingIfNeeded: (edge &* 0x9E37_79B9_7F4A_7C15) >> 32) & mask
    while edges[slot] != edge, edges[slot] != .max { slot = (slot + 1) & mask }
    return slot
  }

  private mutating func grow() {
    let old = (edges, children)
    edges = Array(repeating: .max, count: 2 * old.0.count)
    children = Array(repeating: 0, count: 2 * old.0.count)
    for index in old.0.indices where old.0[index] != .max {
      let slot = slot(of: old.0[index])
      edges[slot] = old.0[index]
      children[slot] = old.1[index]
    }
  }
}
