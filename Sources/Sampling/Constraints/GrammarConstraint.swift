/// Allows only tokens that keep the text within a grammar or a JSON schema, as the first step of a
/// chain.
///
/// ```swift
/// let tokens = ConstraintTokens(vocabulary)
/// var constraint = try GrammarConstraint(schema: schema, tokens: tokens)
/// var candidates = Candidates(logits: logits.span)
/// constraint.apply(to: &candidates)
/// ```
///
/// It works on bytes: a token may end within a character or reach over the end of a rule. End tokens
/// are allowed where the text is complete. Text that the constraint does not govern, such as a
/// prompt, must not be passed to ``accept(_:)``.
///
/// What has been found out about a place in the text is remembered, also by copies made later.
public struct GrammarConstraint: LogitTransform {
  /// The vocabulary.
  public let tokens: ConstraintTokens
  private var automaton: Automaton
  private var state: StateID
  private var masks: [StateID: TokenMask] = [:]
  /// Masks of tokens that stay within a string.
  private var insideMasks: [Inside: TokenMask] = [:]
  private var hasEnded = false

  /// Creates a constraint to a grammar.
  ///
  /// - Throws: ``GrammarError`` where the grammar names a token that the vocabulary does not have.
  public init(grammar: Grammar, tokens: ConstraintTokens) throws(GrammarError) {
    self.init(machine: try GrammarMachine(grammar, tokens: tokens), tokens: tokens)
  }

  /// Creates a constraint to the JSON values that a schema allows.
  ///
  /// - Throws: ``SchemaError`` where the schema cannot be enforced.
  public init(
    schema: JSONSchema, spelling: JSONSchema.Spelling = .any, tokens: ConstraintTokens
  ) throws(SchemaError) {
    self.init(
      machine: SchemaMachine(try SchemaGraph(schema, spelling: spelling)), tokens: tokens)
  }

  private init(machine: some ConstraintMachine, tokens: ConstraintTokens) {
    automaton = Automaton(machine)
    state = automaton.start
    isComplete = automaton.isComplete(state)
    self.tokens = tokens
  }

  // MARK: Text

  /// Whether the text may end here.
  public private(set) var isComplete: Bool

  /// Whether the text has left what is allowed: no token is then allowed but an end token.
  public var hasFailed: Bool { state == .dead }

  /// Whether nothing can follow but the end.
  public mutating func mustEnd() -> Bool {
    state == .dead || hasEnded || allowedTokens().isEmpty
  }

  /// Reads a token.
  public mutating func accept(_ token: Int) { _ = tryAccept(token) }

  /// Reads a token, if it is allowed.
  ///
  /// - Returns: Whether it is; if not, nothing has changed.
  public mutating func tryAccept(_ token: Int) -> Bool {
    if tokens.endTokens.contains(token) {
      guard isComplete else { return false }
      hasEnded = true
      return true
    }
    guard !hasEnded else { return false }
    let bytes = tokens.bytes(of: token)
    var next = bytes.isEmpty ? .dead : automaton.step(state, bytes)
    for move in automaton.tokenMoves(from: state) where move.contains(token) {
      next = automaton.union(next, move.state)
    }
    guard next != .dead else { return false }
    state = next
    isComplete = automaton.isComplete(next)
    return true
  }

  /// Reads bytes, if they are allowed.
  ///
  /// - Returns: Whether they are; if not, nothing has changed.
  public mutating func tryAccept(bytes: some Sequence<UInt8>) -> Bool {
    guard !hasEnded else { return false }
    let next = automaton.step(state, bytes)
    guard next != .dead else { return false }
    state = next
    isComplete = automaton.isComplete(next)
    return true
  }

  /// A place in a text, to come back to.
  public struct Mark: Sendable {
    fileprivate var state: StateID
    fileprivate var hasEnded: Bool
    fileprivate var isComplete: Bool
  }

  /// The place that has been reached. It is valid until the next ``apply(to:)`` or
  /// ``reset()``.
  public var mark: Mark { Mark(state: state, hasEnded: hasEnded, isComplete: isComplete) }

  /// Goes back to a place in the text, as if what came after had not been read.
  public mutating func rewind(to mark: Mark) {
    state = mark.state
    hasEnded = mark.hasEnded
    isComplete = mark.isComplete
  }

  /// Goes back to the beginning.
  public mutating func reset() {
    state = automaton.start
    isComplete = automaton.isComplete(state)
    hasEnded = false
  }

  /// The bytes that must come next, whatever follows: text that need not be sampled.
  ///
  /// - Parameter limit: The most bytes to look ahead.
  public mutating func forcedBytes(limit: Int = 256) -> [UInt8] {
    var bytes: [UInt8] = []
    var place = state
    guard !hasEnded else { return [] }
    while bytes.count < limit, place != .dead, !automaton.isComplete(place) {
      guard automaton.tokenMoves(from: place).isEmpty, let (byte, next) = onlyStep(from: place)
      else { break }
      bytes.append(byte)
      place = next
    }
    return bytes
  }

  private mutating func onlyStep(from state: StateID) -> (UInt8, StateID)? {
    var only: (UInt8, StateID)?
    for byte in UInt8.min ... .max {
      let next = automaton.step(state, byte)
      guard next != .dead else { continue }
      guard only == nil else { return nil }
      only = (byte, next)
    }
    return only
  }

  /// A shortest text that completes the text so far, or nearly one; empty where it is complete.
  ///
  /// - Returns: `nil` where the text has failed, or would need more than a mebibyte, or a token that
  ///   is no text.
  public mutating func shortestCompletion() -> [UInt8]? {
    if hasEnded { return [] }
    return state == .dead ? nil : automaton.closing(of: state)
  }

  private mutating func forgetIfLarge() {
    guard automaton.isLarge || masks.count > 2000 else { return }
    state = automaton.renew(keeping: state)
    masks = [:]
    insideMasks = [:]
  }

  // MARK: Tokens

  /// Removes the tokens that are not allowed.
  ///
  /// Where no token is allowed at all, as after the end, the end tokens stay.
  public mutating func apply(to candidates: inout Candidates) {
    forgetIfLarge()
    var mask = hasEnded ? TokenMask(count: tokens.count) : allowedTokens()
    if mask.isEmpty || isComplete { for token in tokens.endTokens { mask.insert(token) } }
    candidates.keep(mask)
  }

  /// The number of tokens that are allowed now, end tokens not counted.
  public mutating func allowedTokenCount() -> Int { allowedTokens().count }

  /// Whether a token is allowed now.
  public mutating func allows(_ token: Int) -> Bool {
    if tokens.endTokens.contains(token) { return isComplete }
    return !hasEnded && allowedTokens().contains(token)
  }

  private mutating func allowedTokens() -> TokenMask {
    if let known = masks[state] { return known }
    var mask = TokenMask(count: tokens.count)
    guard state != .dead else { return mask }
    if let insides = automaton.insides(of: state), !insides.isEmpty {
      for inside in insides { mask.formUnion(insideMask(inside)) }
      tokens.quotingTrie.collect(from: state, of: &automaton, into: &mask)
    } else {
      tokens.trie.collect(from: state, of: &automaton, into: &mask)
    }
    for move in automaton.tokenMoves(from: state) {
      for token in move.isNegated ? Array(0..<tokens.count) : Array(move.tokens)
      where move.contains(token) && !tokens.endTokens.contains(token) {
        mask.insert(token)
      }
    }
    masks[state] = mask
    return mask
  }

  /// The tokens that a string's frame reads without ending.
  private mutating func insideMask(_ inside: Inside) -> TokenMask {
    if let known = insideMasks[inside] { return known }
    var mask: TokenMask
    if let room = inside.room {
      mask = insideMask(Inside(frame: inside.frame))
      let lengths = tokens.characterCounts
      mask.removeAll { Int(lengths[$0]) > room }
    } else {
      mask = TokenMask(count: tokens.count)
      let state = automaton.state(of: inside.frame)
      tokens.trie.collect(from: state, of: &automaton, into: &mask)
    }
    insideMasks[inside] = mask
    return mask
  }
}
