/// Where a byte leads from one node.
struct Advance {
  /// Frames and what is beneath them.
  var nodes: [StackStore.Node] = []
  /// States reached as they are, because a frame has ended with this byte.
  var states: [StateID] = []
  /// States that must read this byte, because a frame has ended before it.
  var popped: [StateID] = []
}

/// What a kind of constraint allows: how frames read bytes.
protocol ConstraintMachine: Sendable {
  /// The state before the first byte.
  mutating func start(in store: inout StackStore) -> StateID

  /// Reads a byte.
  mutating func advance(
    _ node: StackStore.Node, by byte: UInt8, in store: inout StackStore, into result: inout Advance)

  /// Whether the text may end here.
  mutating func isComplete(_ node: StackStore.Node, in store: StackStore) -> Bool

  /// A shortest text that ends the frame, or nearly one; `nil` where it would be too long.
  mutating func closing(of frame: Frame, in store: StackStore) -> [UInt8]?

  /// What decides which tokens without a quotation mark a frame reads, where such tokens always stay
  /// within the frame; else `nil`.
  func inside(of frame: Frame) -> Inside?

  /// Token ids that are allowed as such here, whatever their bytes, and where they lead.
  mutating func tokenMoves(
    from node: StackStore.Node, in store: inout StackStore
  ) -> [TokenMove]

  /// Forgets what it knows about numbers of the store, which is being renewed.
  mutating func forgetStore()
}

/// What decides which tokens a string's frame reads without ending.
struct Inside: Hashable {
  /// A frame that stands for all those that read the same tokens.
  var frame: Frame
  /// The most characters that may follow.
  var room: Int?
}

/// A move by a whole token that a grammar names.
struct TokenMove {
  /// The tokens.
  var tokens: Set<Int>
  /// Whether all others are meant.
  var isNegated: Bool
  /// Where the token leads.
  var state: StateID

  func contains(_ token: Int) -> Bool { tokens.contains(token) != isNegated }
}

extension ConstraintMachine {
  func inside(of frame: Frame) -> Inside? { nil }
  mutating func tokenMoves(
    from node: StackStore.Node, in store: inout StackStore
  ) -> [TokenMove] { [] }
  mutating func forgetStore() {}
}
